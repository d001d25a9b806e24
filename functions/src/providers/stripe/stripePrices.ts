import { atMost, requestHash } from '@cloud-bridge/base';
import { LRUCache } from 'lru-cache';
import type Stripe from 'stripe';
import * as z from 'zod';
import { CURRENCIES } from '../../catalog/currency.ts';
import { PLAN_INTERVALS, type PlanOffer, type PlanPeriod } from '../../catalog/planOffer.ts';

/** The metadata of a price: the period that the price sells. Stripe's metadata are texts, and never empty. */
const metadataSchema = z.object({
  planSlug: z.string().min(1),
  planName: z.string().min(1),
  interval: z.enum(PLAN_INTERVALS),
  termDays: z
    .string()
    .regex(/^\d{1,5}$/)
    .optional(),
  credits: z.string().regex(/^\d{1,15}$/),
});

const PRICES_REMEMBERED = 1_000;

/**
 * Creates and reads the prices of plans at Stripe. A price is created on first use, never changes, and names the period
 * that it sells in its metadata. An edited plan gets another price, so existing subscriptions keep what they bought.
 */
export class StripePrices {
  readonly #client: () => Stripe;
  readonly #idByLookupKey = new LRUCache<string, string>(atMost(PRICES_REMEMBERED));
  readonly #periodById = new LRUCache<string, { period: PlanPeriod | null }>(atMost(PRICES_REMEMBERED));

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  /** Returns the id of an offer's price; creates the price if there is none yet. */
  async ensure(offer: PlanOffer): Promise<string> {
    const lookupKey = lookupKeyOf(offer);
    const known = this.#idByLookupKey.get(lookupKey);
    if (known) return known;
    return this.#find(offer, null);
  }

  /** Returns the id of another price for an offer whose price is lost at Stripe. Concurrent calls create one price. */
  replace(offer: PlanOffer, lostId: string): Promise<string> {
    return this.#find(offer, lostId);
  }

  async #find(offer: PlanOffer, lostId: string | null): Promise<string> {
    const lookupKey = lookupKeyOf(offer);
    const { data } = await this.#client().prices.list({ lookup_keys: [lookupKey], limit: 1 });
    const [holder] = data;
    const isUsable = holder?.active && holder.id !== lostId;
    // Stripe repeats its answer for a known key, so the replacement of a price needs its own key.
    const key = [lookupKey, holder?.id ?? lostId].filter((part) => part !== null).join('_');
    const price = isUsable ? holder : await this.#create(offer, lookupKey, key);
    this.#idByLookupKey.set(lookupKey, price.id);
    return price.id;
  }

  /** Returns the period that a price sells; null if the price isn't of one of our plans. */
  async periodOf(priceId: string): Promise<PlanPeriod | null> {
    const known = this.#periodById.get(priceId);
    if (known) return known.period;
    const period = periodIn((await this.#client().prices.retrieve(priceId)).metadata);
    this.#periodById.set(priceId, { period });
    return period;
  }

  #create(offer: PlanOffer, lookupKey: string, idempotencyKey: string): Promise<Stripe.Price> {
    const { planSlug, planName, interval, termDays, credits, unitAmountsMinor } = offer;
    const [currency = offer.currency, ...others] = CURRENCIES.filter((each) => unitAmountsMinor[each] !== undefined);
    return this.#client().prices.create(
      {
        lookup_key: lookupKey,
        // Takes the lookup key over from a price that somebody has archived.
        transfer_lookup_key: true,
        product_data: { name: `${planName} plan: ${credits} credits` },
        currency,
        unit_amount: unitAmountsMinor[currency] as number,
        ...(others.length > 0 && {
          currency_options: Object.fromEntries(
            others.map((each) => [each, { unit_amount: unitAmountsMinor[each] as number }]),
          ),
        }),
        recurring: interval === 'term' ? { interval: 'day', interval_count: termDays ?? 1 } : { interval },
        metadata: {
          planSlug,
          planName,
          interval,
          credits: String(credits),
          ...(termDays !== null && { termDays: String(termDays) }),
        },
      },
      { idempotencyKey },
    );
  }
}

/** Returns the lookup key by which the price of an offer is found; it is the same in all currencies. */
export function lookupKeyOf({ currency: _, unitAmountMinor: __, ...sold }: PlanOffer): string {
  return `plan_${sold.planSlug}_${sold.interval}_${requestHash(sold).slice(0, 16)}`;
}

/** Returns the period that a price sells according to its metadata; null if the price isn't ours. */
export function periodIn(metadata: Stripe.Metadata | null): PlanPeriod | null {
  const parsed = metadataSchema.safeParse(metadata ?? {});
  if (!parsed.success) return null;
  const { credits, termDays, ...named } = parsed.data;
  return { ...named, credits: Number(credits), termDays: termDays === undefined ? null : Number(termDays) };
}
