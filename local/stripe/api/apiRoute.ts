import type { LocalAccount } from '../localAccount.ts';

/** A call that has passed authentication and the contract. */
export interface ApiCall<Params> {
  account: LocalAccount;
  /** As the contract types them. */
  params: Params;
  /** The `{id}` of the path; empty when the path has none. */
  id: string;
  /** As requested, without the query; lists repeat it. */
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
   * Parameters that are implemented, for example `line_items.price_data.currency`; naming an object accepts all of
   * it. Others are refused aloud: ignoring one in silence would make a test pass that fails at Stripe.
   */
  accepts: readonly string[];
  /** Synchronous, so that calls are atomic. Answers the body, not yet expanded. */
  handle(call: ApiCall<unknown>): object;
}

/** Computes a field that Stripe sends only to those who ask for it with `expand`. */
type Include = (account: LocalAccount, object: never) => object;

/** One kind of object: its operations, and by object type and field what can be included in it. */
export interface Resource {
  routes: readonly ApiRoute[];
  includes?: Readonly<Record<string, Readonly<Record<string, Include>>>>;
}

/** Declares a route whose handler knows its parameters' types. */
export function defineRoute<Params>(
  route: Omit<ApiRoute, 'handle'> & { handle(call: ApiCall<Params>): object },
): ApiRoute {
  return route as ApiRoute;
}
