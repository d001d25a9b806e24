import type { FoundOperation } from '../contract/findOperation.ts';
import { routes } from '../resources/index.ts';
import type { ApiRoute } from './apiRoute.ts';
import { StripeError } from './stripeError.ts';

const routeByOperation = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));

/**
 * Returns the route that implements an operation of the contract.
 *
 * @throws StripeError when the stand-in lacks an operation or parameter that Stripe has: if the stand-in answered
 *   anyway, a test could pass here that fails at Stripe
 */
export function requireImplemented({ method, path }: FoundOperation, params: Record<string, unknown>): ApiRoute {
  const name = `${method.toUpperCase()} ${path}`;
  const route = routeByOperation.get(name);
  if (!route) throw StripeError.invalid(`Stripe has ${name}, but the local Stripe does not implement it yet.`);
  const unsupported = findUnsupported(params, [], ['expand', ...route.accepts]);
  if (unsupported === undefined) return route;
  throw StripeError.invalid(`Stripe takes ${unsupported} on ${name}, but the local Stripe does not implement it yet.`, {
    param: unsupported,
  });
}

/** Returns the first parameter that neither is accepted nor belongs to an accepted one; array positions don't count. */
function findUnsupported(value: unknown, fields: string[], accepts: readonly string[]): string | undefined {
  const path = fields.join('.');
  if (accepts.includes(path)) return undefined;
  const isContainer = path === '' || accepts.some((accepted) => accepted.startsWith(`${path}.`));
  if (!isContainer || typeof value !== 'object' || value === null) return path;
  for (const [key, inner] of Object.entries(value)) {
    const unsupported = findUnsupported(inner, Array.isArray(value) ? fields : [...fields, key], accepts);
    if (unsupported !== undefined) return unsupported;
  }
  return undefined;
}
