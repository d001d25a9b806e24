import { type AppError, backOff, Throttled } from '@cloud-bridge/base';
import type * as z from 'zod';
import type { ZodType } from 'zod';
import { hasCode } from '../../platform/errors/refusal.ts';
import { providerRefused, providerThrottled, providerUnavailable } from '../../sales/payments/payments.errors.ts';

/** Timeout of a request; all attempts together stay well below a function's minute. */
const TIMEOUT_MS = 10_000;
/** Attempts of a GET. A POST is sent only once, because Creem has no idempotency keys. */
const MAX_QUESTIONS = 3;

/** The schema of an answer, and the error for a refusal. */
export interface Reading<S extends ZodType> {
  readonly schema: S;
  /** Makes the error for a refusal; `PAYMENT_PROVIDER_REFUSED` by default. */
  readonly refused?: (cause: Error) => AppError;
}

type Query = Readonly<Record<string, string | number>>;

/** Statuses that refuse this particular request; other errors have another cause, such as an outage. */
const REFUSALS = [400, 404, 409, 410, 422];

/**
 * Calls Creem's API, and checks each answer against a schema.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export class CreemClient {
  readonly #baseUrl: string;
  readonly #apiKey: () => string;

  /** @param baseUrl without a slash at its end */
  constructor(baseUrl: string, apiKey: () => string) {
    this.#baseUrl = baseUrl;
    this.#apiKey = apiKey;
  }

  /** Sends a GET; repeats it after an outage. */
  async get<S extends ZodType>(path: string, query: Query, reading: Reading<S>): Promise<z.output<S>> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) search.set(name, String(value));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#ask(`${path}?${search}`, { method: 'GET' }, reading);
      } catch (error) {
        const isOutage = hasCode(error, 'PAYMENT_PROVIDER_UNAVAILABLE');
        if (!isOutage || error instanceof Throttled || attempt === MAX_QUESTIONS) throw error;
        await backOff(attempt);
      }
    }
  }

  /**
   * Sends a POST, once.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  post<S extends ZodType>(path: string, body: object, reading: Reading<S>): Promise<z.output<S>> {
    return this.#ask(path, { method: 'POST', body: JSON.stringify(body) }, reading);
  }

  async #ask<S extends ZodType>(
    path: string,
    init: { method: string; body?: string },
    { schema, refused = providerRefused }: Reading<S>,
  ): Promise<z.output<S>> {
    const { status, text, retryAfter } = await this.#send(path, init);
    const said = new Error(`Creem answered ${init.method} ${path.split('?')[0]} with ${status}: ${text.slice(0, 500)}`);
    if (REFUSALS.includes(status)) throw refused(Object.assign(said, { status }));
    if (status === 429) throw providerThrottled(said, retryAfter);
    if (status < 200 || status >= 300) throw providerUnavailable(said);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const mismatch = parsed.error.message;
    throw providerUnavailable(new Error(`Creem's answer to ${path.split('?')[0]} doesn't fit its schema: ${mismatch}`));
  }

  async #send(
    path: string,
    init: { method: string; body?: string },
  ): Promise<{ status: number; text: string; retryAfter: string | null }> {
    try {
      const response = await fetch(this.#baseUrl + path, {
        ...init,
        headers: {
          accept: 'application/json',
          'x-api-key': this.#apiKey(),
          ...(init.body !== undefined && { 'content-type': 'application/json' }),
        },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const retryAfter = response.headers.get('retry-after');
      return { status: response.status, text: await response.text(), retryAfter };
    } catch (error) {
      throw providerUnavailable(error);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
