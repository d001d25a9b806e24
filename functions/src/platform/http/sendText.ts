import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { TextReply } from './route.ts';

/**
 * Sends a text in pieces, as fast as the client receives them. A failure of the first piece is still answered with an
 * error; a later failure breaks the connection, so that no client mistakes a part for the whole.
 * @throws what a piece throws
 */
export async function sendText(
  request: Request,
  response: Response,
  type: string,
  { text, fileName }: TextReply,
): Promise<void> {
  const pieces = text[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (fileName) response.attachment(fileName);
  response.type(type).set('Cache-Control', 'no-store').status(200);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await pipeline(Readable.from(continued(first, pieces), { highWaterMark: 1 }), response);
  } catch (error) {
    // A client that is gone isn't an error.
    if (!isGone(error)) throw error;
  }
}

async function* continued(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  for (let piece = first; !piece.done; piece = await rest.next()) yield piece.value;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
