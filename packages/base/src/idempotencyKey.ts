import { randomId, sha256Hex } from './ids.ts';

/** The account or operator that sent an Idempotency-Key. Equal keys of different owners are unrelated. */
export type Owner =
  | { readonly account: string; readonly operator?: never }
  | { readonly operator: string; readonly account?: never };

let partsOf: (key: IdempotencyKey) => readonly string[];

/**
 * An Idempotency-Key as a client sent it. Its text is private: only {@link idOfKey} and {@link idOfRequest} make ids
 * from a key, and both require the owner.
 */
export class IdempotencyKey {
  readonly #parts: readonly string[];

  static {
    partsOf = (key) => key.#parts;
  }

  constructor(...parts: readonly [string, ...string[]]) {
    this.#parts = parts;
  }

  /** Returns the key of a part of the request, such as one charge of a batch. No client can send this key itself. */
  ofPart(...names: readonly string[]): IdempotencyKey {
    const [text = '', ...rest] = this.#parts;
    return new IdempotencyKey(text, ...rest, ...names);
  }
}

/**
 * Derives an id from an Idempotency-Key. The same owner, prefix, key and scope always give the same id, so a repeated
 * request finds the first effect. Ids of different owners differ, and none equals an id from `derivedId`.
 * @param scope where the owner may use the key once each, such as a wallet
 */
export function idOfKey(owner: Owner, prefix: string, key: IdempotencyKey, ...scope: readonly string[]): string {
  const whose = owner.account === undefined ? ['operator', owner.operator] : ['account', owner.account];
  // The first element is an object, which `derivedId` never hashes: so no user id can produce the id of another thing.
  return `${prefix}_${sha256Hex(JSON.stringify([{ prefix, whose, key: partsOf(key) }, ...scope])).slice(0, 32)}`;
}

/** Derives an id as {@link idOfKey} does; returns a new random id if the request has no key. */
export function idOfRequest(
  owner: Owner,
  prefix: string,
  key: IdempotencyKey | null,
  ...scope: readonly string[]
): string {
  return key ? idOfKey(owner, prefix, key, ...scope) : randomId(prefix);
}
