import { once } from '@cloud-bridge/base';
import * as z from 'zod';
import { type AnyRoute, defineRoute, type Route } from './route.ts';

/** Declares `GET /openapi.json`, which documents all routes including itself. */
export function openApiRoute(routes: () => readonly AnyRoute[]): Route<unknown> {
  // Loaded on demand, because few instances ever get this request.
  const document = once(async () => (await import('./openApiDocument.ts')).openApiDocument(routes()));
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    tag: 'About',
    summary: 'Get the OpenAPI document',
    access: { to: 'public' },
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
    cacheSeconds: 300,
    handle: async () => ({ body: (await document()) as never }),
  });
}
