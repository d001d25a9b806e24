import { createHmac } from 'node:crypto';

/** The signed parts of a request. The path is relative to the base URL, so that a proxy may add a prefix. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/**
 * Returns the header `Cloud-Bridge-Signature`: `t=<unix seconds>,v1=<HMAC-SHA256 of "t.METHOD.path.body" in hexadecimal
 * digits>`, with one `v1` for each secret, so that secrets can be rotated.
 */
export function signatureHeader(request: SignedRequest, secrets: readonly string[], timestamp: number): string {
  const signed = `${timestamp}.${request.method}.${request.path}.${request.body}`;
  const digests = secrets.map((secret) => createHmac('sha256', secret).update(signed, 'utf8').digest('hex'));
  return [`t=${timestamp}`, ...digests.map((digest) => `v1=${digest}`)].join(',');
}
