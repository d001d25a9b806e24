import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { FUNCTION_NAMES } from '../deployment.ts';
import { malformedRequest, payloadTooLarge, requestAborted } from './http.errors.ts';

/**
 * The framework around an HTTPS function parses bodies before the function is called, and answers malformed JSON
 * itself: with an HTML page instead of this API's errors, and with no limit below 32 MB. It leaves requests alone
 * that have no body, so the two headers that announce one are set aside until the function itself has the request.
 */
const ANNOUNCING_HEADERS = ['content-length', 'transfer-encoding'] as const;
const setAside = Symbol('headers that announce a body');
/** A path that isn't percent-encoded properly would be answered by the framework too. */
const isMalformed = Symbol('the path cannot be decoded');

interface PreparedRequest extends IncomingMessage {
  [setAside]?: Partial<Record<(typeof ANNOUNCING_HEADERS)[number], string>>;
  [isMalformed]?: boolean;
  rawBody?: Buffer;
}

/** Functions that read their bodies themselves. */
const FUNCTIONS_WITH_OWN_BODIES: readonly (string | undefined)[] = [
  FUNCTION_NAMES.api,
  FUNCTION_NAMES.stripeWebhook,
  FUNCTION_NAMES.creemWebhook,
];

/**
 * Must run when the module is loaded, before the framework has its first request. Only for the HTTP functions named
 * above: queued and scheduled functions leave their bodies to the framework.
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

/** A body as it came; null when it was larger than allowed. */
export interface ReceivedBody {
  readonly bytes: Buffer | null;
  readonly limitBytes: number;
}

/**
 * Receives the whole body before anything is answered: an answer to a body that is still on its way can be lost with
 * the connection. Of a body over the limit nothing is kept.
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
 * The bytes of a received body.
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
    // Every request is closed in the end, and an error that nobody needs costs as much as one that is thrown.
    request.on('close', () => isWhole || reject(requestAborted()));
  });
}

/**
 * Puts back what was set aside by {@link keepBodiesFromFramework}; refuses a malformed path.
 * @throws MALFORMED_REQUEST
 */
export const restoreRequest: RequestHandler = (request, _response, next) => {
  if ((request as PreparedRequest)[isMalformed]) throw malformedRequest();
  Object.assign(request.headers, (request as PreparedRequest)[setAside]);
  next();
};
