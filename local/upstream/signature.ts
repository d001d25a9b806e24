import { createHmac, timingSafeEqual } from 'node:crypto';

/** Largest accepted age of a signature, in seconds. */
const MAX_AGE_SECONDS = 300;

/** The signed parts of a request: `t.METHOD.path.body`. The path is the part below the base address. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Returns the backend's signature of a request: `t=<unix seconds>,v1=<HMAC-SHA256 in hexadecimal digits>`. */
export function sign({ method, path, body }: SignedRequest, secret: string, timestamp: number): string {
  return `t=${timestamp},v1=${digest(`${timestamp}.${method}.${path}.${body}`, secret)}`;
}

/**
 * Returns whether a request has a fresh signature by the secret. During a rotation of secrets a request has several
 * signatures, and one of them must match.
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
