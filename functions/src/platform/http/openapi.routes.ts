import { once } from '@cloud-bridge/base';
import * as z from 'zod';
import { type AnyRoute, defineRoute, type Route } from './route.ts';

/** `GET /openapi.json`, which documents all routes and itself. */
export function openApiRoute(routes: () => readonly AnyRoute[]): Route<unknown> {
  // Few instances are ever asked for it, so none loads at its start what makes it.
  const document = once(async () => (await import('./openApiDocument.ts')).openApiDocument(routes()));
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    tag: 'About',
    summary: 'This document',
    access: { to: 'public' },
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
    cacheSeconds: 300,
    handle: async () => ({ body: (await document()) as never }),
  });
}
