import type { IdempotencyKey } from '@cloud-bridge/base';
import type * as z from 'zod';
import type { ZodObject, ZodType } from 'zod';
import type { ErrorCode } from '../errors/errorRegistry.ts';
import type { AccountCaller, Caller, Scope } from './caller.ts';

/** Who may call: everybody; the account's owner; also an integration whose key has the scope; or only an operator. */
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

/** A parsed request: everything in it has passed its schema. */
interface RouteRequest<A extends Access, P, Q, B> {
  readonly caller: CallerOf<A>;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The caller's `Idempotency-Key`, or null. */
  readonly idempotencyKey: IdempotencyKey | null;
  /** Fingerprint of route, path and body, stored with the effect of an idempotent request. */
  readonly requestHash: string;
  readonly requestId: string;
}

export interface JsonReply<R> {
  /** The whole JSON body; see {@link data} and {@link list} for the usual envelope. */
  readonly body: R;
  /** True when an earlier request with the same Idempotency-Key had this effect. */
  readonly replayed?: boolean;
}

/** An answer that is sent piece by piece, as fast as the client takes it. */
export interface TextReply {
  readonly text: AsyncIterable<string>;
  /** Given: browsers save it under this name. */
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
  /** The type of a {@link TextReply}; JSON unless given. */
  readonly produces?: 'text/csv' | 'text/html';
  /** Status of success; 200 unless given. */
  readonly status?: 200 | 201;
  /** Codes of the errors that are this route's own, for the documentation. */
  readonly errors?: readonly ErrorCode[];
  /** True for what changes something but only winds things up: a frozen account may do that, too. */
  readonly allowedWhileFrozen?: boolean;
  /** Public answers may be kept by browsers and proxies for this long. */
  readonly cacheSeconds?: number;
  readonly handle: (
    deps: N,
    request: RouteRequest<A, Parsed<P>, Parsed<Q>, Parsed<B>>,
  ) => Promise<RouteReply<z.input<R>>>;
}

/** A route with the types of its request forgotten, as the router uses it; `N` is what its use case needs. */
export type Route<N> = RouteOptions<
  Access,
  ZodObject | undefined,
  ZodObject | undefined,
  ZodType | undefined,
  ZodType,
  N
>;

/** A route as its declaration alone, whatever it needs: for admission and for the documentation. */
export type AnyRoute = Route<never>;

/** Declares a route: the router, the validation and the OpenAPI document are all made from this. */
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
 * True for what a frozen account may not do: everything that changes something, unless the route says that it only
 * winds things up. Asked of the declaration, so that no new route can be forgotten.
 */
export function isRefusedWhileFrozen({ method, access, allowedWhileFrozen }: AnyRoute): boolean {
  return method !== 'get' && (access.to === 'account' || access.to === 'key') && !allowedWhileFrozen;
}
