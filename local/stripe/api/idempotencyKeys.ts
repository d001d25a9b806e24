import { createHash } from 'node:crypto';
import type { Reply } from './reply.ts';
import { StripeError } from './stripeError.ts';

const KEY_LENGTH_MAX = 255;
/** Seconds for which keys are remembered; Stripe keeps keys for at least 24 hours. */
const KEPT_SECONDS = 24 * 60 * 60;

/** A request with an idempotency key. */
export interface KeyedRequest {
  key: string;
  /** Method and path of the request. */
  endpoint: string;
  /** Parameters as the caller sent them. */
  params: object;
  requestId: string;
}

interface FirstAnswer {
  endpoint: string;
  paramsHash: string;
  createdAt: number;
  requestId: string;
  reply: Reply;
}

/** Remembers the first answer to each idempotency key. Calls are atomic, so no key belongs to an unfinished call. */
export class IdempotencyKeys {
  readonly #answers = new Map<string, FirstAnswer>();

  /**
   * Returns the first answer to a request's key; undefined if the key is new.
   *
   * @param nowSeconds Unix time
   * @throws StripeError when the key was used for a different request
   */
  find({ key, endpoint, params }: KeyedRequest, nowSeconds: number): { reply: Reply; requestId: string } | undefined {
    if (key.length > KEY_LENGTH_MAX) {
      throw StripeError.invalid(`Idempotency keys can have up to ${KEY_LENGTH_MAX} characters.`);
    }
    const answer = this.#answers.get(key);
    if (!answer || answer.createdAt + KEPT_SECONDS <= nowSeconds) return undefined;
    if (answer.endpoint !== endpoint) {
      throw mismatch(key, `for the same endpoint they were first used for ('${answer.endpoint}')`);
    }
    if (answer.paramsHash !== hashOf(params)) {
      throw mismatch(key, 'with the same parameters they were first used with');
    }
    return answer;
  }

  /** Keeps the answer to the first request with a key, whether the request succeeded or failed. */
  remember({ key, endpoint, params, requestId }: KeyedRequest, reply: Reply, nowSeconds: number): void {
    this.#answers.set(key, { endpoint, paramsHash: hashOf(params), createdAt: nowSeconds, requestId, reply });
  }

  clear(): void {
    this.#answers.clear();
  }
}

function mismatch(key: string, rule: string): StripeError {
  return new StripeError(
    400,
    'idempotency_error',
    `Keys for idempotent requests can only be used ${rule}. Try using a key other than '${key}' if you meant to ` +
      'execute a different request.',
  );
}

/** Returns a hash of parameters that doesn't depend on their order. */
function hashOf(params: object): string {
  const canonical = JSON.stringify(params, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash('sha256').update(canonical).digest('hex');
}
