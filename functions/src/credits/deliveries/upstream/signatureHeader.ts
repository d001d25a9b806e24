import { createHmac } from 'node:crypto';

/** What is signed: the path is the one below the base address, so that a proxy may move it. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/**
 * The header `Cloud-Bridge-Signature`: `t=<unix seconds>,v1=<HMAC-SHA256 of "t.METHOD.path.body" in hexadecimal
 * digits>`, with one `v1` for each secret, so that secrets can be rotated.
 */
export function signatureHeader(request: SignedRequest, secrets: readonly string[], timestamp: number): string {
  const signed = `${timestamp}.${request.method}.${request.path}.${request.body}`;
  const digests = secrets.map((secret) => createHmac('sha256', secret).update(signed, 'utf8').digest('hex'));
  return [`t=${timestamp}`, ...digests.map((digest) => `v1=${digest}`)].join(',');
}
