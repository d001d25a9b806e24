import type { LocalAccount } from '../localAccount.ts';

/** An authenticated API call whose parameters the contract allows. */
export interface ApiCall<Params> {
  account: LocalAccount;
  /** Parameters, converted to the types of the contract. */
  params: Params;
  /** The `{id}` in the path; empty when the path has no id. */
  id: string;
  /** Path of the request without the query; lists include it in their answer. */
  path: string;
  /** Base of the URLs of pages, for example `http://127.0.0.1:12111`. */
  publicUrl: string;
}

/** One operation that the stand-in implements. */
export interface ApiRoute {
  method: 'GET' | 'POST' | 'DELETE';
  /** Path template as in the contract, for example `/v1/refunds/{id}`. */
  path: string;
  /**
   * Implemented parameters, for example `line_items.price_data.currency`; the name of an object accepts all its fields.
   * Other parameters are refused with an error. If the stand-in ignored them, a test could pass here that fails at
   * Stripe.
   */
  accepts: readonly string[];
  /** Runs the call and returns the body of the answer, before expansion. Synchronous, so that calls are atomic. */
  handle(call: ApiCall<unknown>): object;
}

/** Computes a field that Stripe sends only to callers that ask for it with `expand`. */
type Include = (account: LocalAccount, object: never) => object;

/** The operations of one kind of object, and its fields that are sent only on demand, by object type and field. */
export interface Resource {
  routes: readonly ApiRoute[];
  includes?: Readonly<Record<string, Readonly<Record<string, Include>>>>;
}

/** Declares a route with typed parameters. */
export function defineRoute<Params>(
  route: Omit<ApiRoute, 'handle'> & { handle(call: ApiCall<Params>): object },
): ApiRoute {
  return route as ApiRoute;
}
