import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { FUNCTION_NAMES } from '../deployment.ts';
import { malformedRequest, payloadTooLarge, requestAborted } from './http.errors.ts';

/**
 * The headers that announce a body. The framework around an HTTPS function parses bodies before it calls the function,
 * and answers malformed JSON itself: with an HTML page instead of this API's errors, and without a limit below 32 MB.
 * It skips requests without a body, so these two headers are removed until the function gets the request.
 */
const ANNOUNCING_HEADERS = ['content-length', 'transfer-encoding'] as const;
const setAside = Symbol('headers that announce a body');
/** Marks a path with invalid percent-encoding, which the framework would answer too. */
const isMalformed = Symbol('the path cannot be decoded');

interface PreparedRequest extends IncomingMessage {
  [setAside]?: Partial<Record<(typeof ANNOUNCING_HEADERS)[number], string>>;
  [isMalformed]?: boolean;
  rawBody?: Buffer;
}

/** The functions that read bodies themselves. */
const FUNCTIONS_WITH_OWN_BODIES: readonly (string | undefined)[] = [
  FUNCTION_NAMES.api,
  FUNCTION_NAMES.stripeWebhook,
  FUNCTION_NAMES.creemWebhook,
];

/**
 * Keeps the framework from reading bodies, for the HTTP functions named above; queued and scheduled functions leave
 * bodies to the framework. Must run while the module loads, before the framework gets its first request.
 */
export function keepBodiesFromFramework(functionTarget: string | undefined): void {
  if (!FUNCTIONS_WITH_OWN_BODIES.includes(functionTarget)) return;
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: PreparedRequest };
    const aside: PreparedRequest[typeof setAside] = {};
    for (const name of ANNOUNCING_HEADERS) {
      const value = request.headers[name];
      if (value === undefined) continue;
      aside[name] = value;
      delete request.headers[name];
    }
    request[setAside] = aside;
    if (!canBeDecoded(request.url ?? '')) {
      request[isMalformed] = true;
      request.url = '/';
    }
  });
}

function canBeDecoded(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

/** A received body; its bytes are null if it exceeded the limit. */
export interface ReceivedBody {
  readonly bytes: Buffer | null;
  readonly limitBytes: number;
}

/**
 * Receives the whole body before the request is answered, because an answer during the upload can get lost with the
 * connection. Keeps nothing of a body over the limit.
 * @throws REQUEST_ABORTED when the client ends the request early
 */
export function receiveBody(limitBytes: number): RequestHandler {
  return async (request, response, next) => {
    const { rawBody } = request as PreparedRequest;
    const bytes = rawBody ? withinLimit(rawBody, limitBytes) : await collect(request, limitBytes);
    response.locals.body = { bytes, limitBytes } satisfies ReceivedBody;
    next();
  };
}

/**
 * Returns the bytes of a received body.
 * @throws PAYLOAD_TOO_LARGE
 */
export function bytesOf({ bytes, limitBytes }: ReceivedBody): Buffer {
  if (!bytes) throw payloadTooLarge(limitBytes);
  return bytes;
}

function withinLimit(bytes: Buffer, limitBytes: number): Buffer | null {
  return bytes.length > limitBytes ? null : bytes;
}

function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    let isWhole = false;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) chunks = [];
      else chunks.push(chunk);
    });
    request.on('end', () => {
      isWhole = true;
      resolve(sizeBytes > limitBytes ? null : Buffer.concat(chunks));
    });
    request.on('error', () => reject(requestAborted()));
    // Every request is closed in the end. Creating an error is expensive, so only an incomplete request gets one.
    request.on('close', () => isWhole || reject(requestAborted()));
  });
}

/**
 * Restores the headers that {@link keepBodiesFromFramework} removed; refuses a malformed path.
 * @throws MALFORMED_REQUEST
 */
export const restoreRequest: RequestHandler = (request, _response, next) => {
  if ((request as PreparedRequest)[isMalformed]) throw malformedRequest();
  Object.assign(request.headers, (request as PreparedRequest)[setAside]);
  next();
};
