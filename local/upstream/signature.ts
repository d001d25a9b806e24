import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signature older than this is refused. */
const MAX_AGE_SECONDS = 300;

/** What is signed: `t.METHOD.path.body`, with the path below the base address. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Signs a request as the backend does: `t=<unix seconds>,v1=<HMAC-SHA256 in hexadecimal digits>`. */
export function sign({ method, path, body }: SignedRequest, secret: string, timestamp: number): string {
  return `t=${timestamp},v1=${digest(`${timestamp}.${method}.${path}.${body}`, secret)}`;
}

/**
 * Whether a request bears a fresh signature of the secret. While secrets are rotated it bears several: one is enough.
 */
export function isSigned(request: SignedRequest, header: string, secret: string, nowSeconds: number): boolean {
  const parts = header.split(',').map((part) => part.split('=') as [string, string | undefined]);
  const timestamp = Number(parts.find(([name]) => name === 't')?.[1]);
  if (!(Math.abs(nowSeconds - timestamp) <= MAX_AGE_SECONDS)) return false;
  const expected = Buffer.from(sign(request, secret, timestamp).split('v1=')[1] ?? '');
  return parts.some(([name, value = '']) => {
    const given = Buffer.from(value);
    return name === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function digest(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex');
}
