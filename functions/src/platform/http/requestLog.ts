import { randomUUID } from 'node:crypto';
import type { Logger } from '@cloud-bridge/base';
import type { RequestHandler } from 'express';
import { countingInto, type FirestoreOperations } from '../firestoreOperations.ts';
import type { Caller } from './caller.ts';

/**
 * Gives every request an id, and logs the request when it is answered, with the Firestore operations until then. Logs
 * the route, never the URL, headers or body.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    const requestId = randomUUID();
    const firestore: FirestoreOperations = { reads: 0, writes: 0 };
    response.locals.requestId = requestId;
    response.set('X-Request-Id', requestId);
    response.on('finish', () => {
      const caller = response.locals.caller as Caller | null | undefined;
      logger.info('request', {
        requestId,
        method: request.method,
        route: response.locals.route ?? null,
        status: response.statusCode,
        latencyMs: Math.round(performance.now() - startedMs),
        accountId: caller?.accountId ?? null,
        keyId: caller?.kind === 'key' ? caller.keyId : null,
        firestoreReads: firestore.reads,
        firestoreWrites: firestore.writes,
      });
    });
    countingInto(firestore, next);
  };
}
