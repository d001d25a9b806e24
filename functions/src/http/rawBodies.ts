import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { payloadTooLarge } from './http.errors.ts';

/**
 * The framework around an HTTPS function parses bodies before the function is called, and answers malformed JSON
 * itself: with an HTML page instead of this API's errors, and with no limit below 32 MB. It leaves requests alone
 * that have no body, so the two headers that announce one are set aside until the function itself has the request.
 */
const ANNOUNCING_HEADERS = ['content-length', 'transfer-encoding'] as const;
const setAside = Symbol('headers that announce a body');

interface PreparedRequest extends IncomingMessage {
  [setAside]?: Partial<Record<(typeof ANNOUNCING_HEADERS)[number], string>>;
  rawBody?: Buffer;
}

/** Functions that read their bodies themselves. */
const FUNCTIONS_WITH_OWN_BODIES: readonly (string | undefined)[] = ['api', 'stripeWebhook'];

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
  });
}

/** Gives the request's body as it came, at most `limitBytes`; throws 413 `PAYLOAD_TOO_LARGE`. */
export async function readRawBody(request: PreparedRequest, limitBytes: number): Promise<Buffer> {
  if (request.rawBody) {
    if (request.rawBody.length > limitBytes) throw payloadTooLarge(limitBytes);
    return request.rawBody;
  }
  if (Number(request.headers['content-length']) > limitBytes) throw payloadTooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw payloadTooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Puts the headers back that {@link keepBodiesFromFramework} set aside. */
export const restoreBodyHeaders: RequestHandler = (request, _response, next) => {
  Object.assign(request.headers, (request as PreparedRequest)[setAside]);
  next();
};
