import type { IncomingMessage } from 'node:http';

const BODY_BYTES_MAX = 1024 * 1024;

/** A request body beyond the limit. */
export class BodyTooLargeError extends Error {
  constructor() {
    super(`Request bodies can have up to ${BODY_BYTES_MAX} bytes.`);
    this.name = 'BodyTooLargeError';
  }
}

/**
 * Reads a request's body as text.
 *
 * @throws BodyTooLargeError as soon as it is too large; the rest is thrown away
 * @throws Error when the caller hangs up before the end
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
