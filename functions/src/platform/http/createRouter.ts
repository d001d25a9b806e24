import { parse as parseQuery } from 'node:querystring';
import { IdempotencyKey, invalidRequest, requestHash } from '@cloud-bridge/base';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { refusal } from '../errors/refusal.ts';
import { type Caller, callerKeyId } from './caller.ts';
import { guardRequest } from './guardRequest.ts';
import type { HttpNeeds } from './needs.ts';
import { parse } from './parse.ts';
import { readJsonBody } from './readJsonBody.ts';
import type { AnyRoute, Route } from './route.ts';
import { sendText } from './sendText.ts';

/** Identifies the caller of a request, or throws to refuse it. */
export type Admit<N> = (needs: N, request: Request, response: Response, route: AnyRoute) => Promise<Caller>;

/**
 * Mounts declared routes. Another method on a known path is answered with 405 and the allowed methods.
 * @param deps the needs of all routes and of `admit` together
 */
export function createRouter<N extends Pick<HttpNeeds, 'maintenance'>>(
  deps: N,
  admit: Admit<N>,
  routes: readonly Route<N>[],
): Router {
  const router = Router({ caseSensitive: true });
  for (const route of routes) {
    router[route.method](route.path, guardRequest(deps.maintenance, route, handlerOf(deps, admit, route)));
  }
  for (const [path, methods] of methodsByPath(routes)) router.all(path, methodNotAllowed(methods));
  return router;
}

function methodsByPath(routes: readonly AnyRoute[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method.toUpperCase()]);
  }
  return methods;
}

function methodNotAllowed(methods: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', methods.join(', '));
    throw refusal('METHOD_NOT_ALLOWED', `${request.method} is not allowed here.`, {
      details: { allowed: methods },
    });
  };
}

/** admit → parse → handle → render */
function handlerOf<N>(deps: N, admit: Admit<N>, route: Route<N>): RequestHandler {
  return async (request, response) => {
    response.locals.route = route.path;
    const caller = route.access.to === 'public' ? null : await admit(deps, request, response, route);
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

/** Parses the query from the URL, because the framework around the function may have parsed `request.query` its way. */
function queryOf(request: Request): unknown {
  const start = request.url.indexOf('?');
  return start < 0 ? {} : parseQuery(request.url.slice(start + 1));
}

/** Reads the Idempotency-Key: 1 to 255 printable ASCII characters, as Stripe accepts them. */
function readIdempotencyKey(request: Request): IdempotencyKey | null {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return new IdempotencyKey(key);
  throw invalidRequest([
    { in: 'header', field: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' },
  ]);
}
