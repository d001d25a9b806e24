import { parse as parseQuery } from 'node:querystring';
import { type Request, type RequestHandler, Router } from 'express';
import { assertNotFrozen } from '../accounts/frozen.ts';
import type { Deps } from '../deps.ts';
import { admitRequest } from '../maintenance/admitRequest.ts';
import { AppError, invalidRequest } from '../shared/appError.ts';
import { IdempotencyKey } from '../shared/idempotencyKey.ts';
import { requestHash } from '../shared/ids.ts';
import { authenticate, authorize } from './authentication.ts';
import { callerKeyId } from './caller.ts';
import { countRequest } from './countRequest.ts';
import { readJsonBody } from './jsonBody.ts';
import { parse } from './parse.ts';
import type { Route } from './route.ts';
import { sendText } from './sendText.ts';

/** Mounts declared routes. Another method on a known path is a 405 that says which are allowed. */
export function createRouter(deps: Deps, routes: readonly Route[]): Router {
  const router = Router({ caseSensitive: true });
  for (const route of routes) {
    router[route.method](route.path, admitRequest(deps.maintenance, route, handlerOf(deps, route)));
  }
  for (const [path, methods] of methodsByPath(routes)) router.all(path, methodNotAllowed(methods));
  return router;
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method.toUpperCase()]);
  }
  return methods;
}

function methodNotAllowed(methods: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', methods.join(', '));
    throw new AppError(405, 'METHOD_NOT_ALLOWED', `${request.method} is not allowed here.`, {
      details: { allowed: methods },
    });
  };
}

/** authenticate → count → authorize → parse → handle → render */
function handlerOf(deps: Deps, route: Route): RequestHandler {
  return async (request, response) => {
    response.locals.route = route.path;
    const caller = route.access.to === 'public' ? null : await authenticate(deps, request, route.access);
    response.locals.caller = caller;
    if (caller) {
      // What is refused counts too, or guessing would be free.
      await Promise.all([countRequest(deps, caller, response), assertNotFrozen(deps.accounts, caller, route)]);
      authorize(caller, route.access);
    }
    const params = parse('path', route.params, request.params);
    const query = parse('query', route.query, queryOf(request));
    const body = route.method === 'get' ? {} : parse('body', route.body, readJsonBody(request, response.locals.body));
    const idempotencyKey = readIdempotencyKey(request);
    const reply = await route.handle(deps, {
      caller: caller as never,
      params: params as never,
      query: query as never,
      body: body as never,
      idempotencyKey,
      requestHash: requestHash({
        route: `${route.method} ${route.path}`,
        params,
        body,
        keyId: caller && callerKeyId(caller),
      }),
      requestId: response.locals.requestId,
    });
    if ('text' in reply) return sendText(request, response, route.produces ?? 'text/csv', reply);
    if (reply.replayed) response.set('Idempotent-Replayed', 'true');
    response.set('Cache-Control', route.cacheSeconds ? `public, max-age=${route.cacheSeconds}` : 'no-store');
    response.status(route.status ?? 200).json(reply.body);
  };
}

/** The query as it was sent: what stands around the function may have parsed `request.query` in its own way. */
function queryOf(request: Request): unknown {
  const start = request.url.indexOf('?');
  return start < 0 ? {} : parseQuery(request.url.slice(start + 1));
}

/** 1 to 255 printable ASCII characters, as Stripe takes them. */
function readIdempotencyKey(request: Request): IdempotencyKey | null {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return new IdempotencyKey(key);
  throw invalidRequest([
    { in: 'header', field: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' },
  ]);
}
