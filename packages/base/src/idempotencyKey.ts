import { randomId, sha256Hex } from './ids.ts';

/** Whose Idempotency-Key it is. What two owners send in the same words has nothing to do with each other. */
export type Owner =
  | { readonly account: string; readonly operator?: never }
  | { readonly operator: string; readonly account?: never };

let partsOf: (key: IdempotencyKey) => readonly string[];

/**
 * An Idempotency-Key as a client sent it. Nobody can read its text: an id comes of it only by {@link idOfKey} and
 * {@link idOfRequest}, which want to know the owner.
 */
export class IdempotencyKey {
  readonly #parts: readonly string[];

  static {
    partsOf = (key) => key.#parts;
  }

  constructor(...parts: readonly [string, ...string[]]) {
    this.#parts = parts;
  }

  /** The key of a part of the request, such as one charge of a batch. No client can send this key by itself. */
  ofPart(...names: readonly string[]): IdempotencyKey {
    const [text = '', ...rest] = this.#parts;
    return new IdempotencyKey(text, ...rest, ...names);
  }
}

/**
 * The id of what a request with an Idempotency-Key makes: always the same for the same owner, kind of thing, key and
 * scope, so that a repetition finds the first effect; and never one of another owner, nor one from `derivedId`.
 * @param scope what the owner may use the key for once each, such as a wallet
 */
export function idOfKey(owner: Owner, prefix: string, key: IdempotencyKey, ...scope: readonly string[]): string {
  const whose = owner.account === undefined ? ['operator', owner.operator] : ['account', owner.account];
  // An object comes first, which no list of texts has: so a user whose id is a word of ours meets no other id.
  return `${prefix}_${sha256Hex(JSON.stringify([{ prefix, whose, key: partsOf(key) }, ...scope])).slice(0, 32)}`;
}

/** The same; without an Idempotency-Key a new id. */
export function idOfRequest(
  owner: Owner,
  prefix: string,
  key: IdempotencyKey | null,
  ...scope: readonly string[]
): string {
  return key ? idOfKey(owner, prefix, key, ...scope) : randomId(prefix);
}
