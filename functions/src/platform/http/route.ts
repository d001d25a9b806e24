import type { IdempotencyKey } from '@cloud-bridge/base';
import type * as z from 'zod';
import type { ZodObject, ZodType } from 'zod';
import type { ErrorCode } from '../errors/errorRegistry.ts';
import type { AccountCaller, Caller, Scope } from './caller.ts';

/**
 * The access to a route. `public`: everybody; `account`: the account's owner; `key`: the owner, and API keys with the
 * scope; `admin`: only operators.
 */
export type Access =
  | { readonly to: 'public' }
  | { readonly to: 'account' }
  | { readonly to: 'key'; readonly scope: Scope }
  | { readonly to: 'admin' };

type CallerOf<A extends Access> = A extends { to: 'public' }
  ? null
  : A extends { to: 'account' } | { to: 'admin' }
    ? AccountCaller
    : Caller;

/** A parsed request; all parts have passed their schemas. */
interface RouteRequest<A extends Access, P, Q, B> {
  readonly caller: CallerOf<A>;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The `Idempotency-Key`; null without one. */
  readonly idempotencyKey: IdempotencyKey | null;
  /** Hash of the route, path parameters, body and API key, stored with the effect of an idempotent request. */
  readonly requestHash: string;
  readonly requestId: string;
}

export interface JsonReply<R> {
  /** The whole JSON body; see {@link data} and {@link list} for the usual envelope. */
  readonly body: R;
  /** True if an earlier request with the same Idempotency-Key had this effect. */
  readonly replayed?: boolean;
}

/** A response that is sent in pieces, as fast as the client receives them. */
export interface TextReply {
  readonly text: AsyncIterable<string>;
  /** The name under which browsers save the response; without a name they show it. */
  readonly fileName?: string;
}

type RouteReply<R> = JsonReply<R> | TextReply;

type Parsed<S extends ZodType | undefined> = S extends ZodType ? z.output<S> : Record<never, never>;

export interface RouteOptions<
  A extends Access,
  P extends ZodObject | undefined,
  Q extends ZodObject | undefined,
  B extends ZodType | undefined,
  R extends ZodType,
  N,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Path below `/api`, with parameters as `:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: A;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly response: R;
  /** The content type of a {@link TextReply}; JSON by default. */
  readonly produces?: 'text/csv' | 'text/html';
  /** The status of a success; 200 by default. */
  readonly status?: 200 | 201;
  /** The codes of errors specific to this route, for the documentation. */
  readonly errors?: readonly ErrorCode[];
  /** True for a change that only ends something, such as a cancellation; frozen accounts may make it. */
  readonly allowedWhileFrozen?: boolean;
  /** Seconds for which browsers and proxies may cache a public response. */
  readonly cacheSeconds?: number;
  readonly handle: (
    deps: N,
    request: RouteRequest<A, Parsed<P>, Parsed<Q>, Parsed<B>>,
  ) => Promise<RouteReply<z.input<R>>>;
}

/** A route without the types of its request, for the router; `N` are the needs of its use case. */
export type Route<N> = RouteOptions<
  Access,
  ZodObject | undefined,
  ZodObject | undefined,
  ZodType | undefined,
  ZodType,
  N
>;

/** A route with unknown needs, for admission and the documentation. */
export type AnyRoute = Route<never>;

/** Declares a route. The router, the validation and the OpenAPI document derive from the declaration. */
export function defineRoute<
  const A extends Access,
  R extends ZodType,
  P extends ZodObject | undefined = undefined,
  Q extends ZodObject | undefined = undefined,
  B extends ZodType | undefined = undefined,
  N = unknown,
>(options: RouteOptions<A, P, Q, B, R, N>): Route<N> {
  return options as unknown as Route<N>;
}

/**
 * True for a route that frozen accounts may not use: every change by an account, unless the route allows it. Depends
 * only on the declaration, so that no new route can be forgotten.
 */
export function isRefusedWhileFrozen({ method, access, allowedWhileFrozen }: AnyRoute): boolean {
  return method !== 'get' && (access.to === 'account' || access.to === 'key') && !allowedWhileFrozen;
}
