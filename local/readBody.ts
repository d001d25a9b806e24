import type { IncomingMessage } from 'node:http';

/** Largest accepted request body, in bytes. */
const BODY_BYTES_MAX = 1024 * 1024;

/** The request body is larger than the limit. */
export class BodyTooLargeError extends Error {
  constructor() {
    super(`Request bodies can have up to ${BODY_BYTES_MAX} bytes.`);
    this.name = 'BodyTooLargeError';
  }
}

/**
 * Reads a request's body as text.
 *
 * @throws BodyTooLargeError as soon as the body exceeds the limit; the rest of the body is discarded
 * @throws Error when the caller hangs up before the end of the body
 */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let byteCount = 0;
    request.on('data', (chunk: Buffer) => {
      byteCount += chunk.length;
      if (byteCount <= BODY_BYTES_MAX) chunks.push(chunk);
      else reject(new BodyTooLargeError());
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}
