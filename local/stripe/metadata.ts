import { StripeError } from './api/stripeError.ts';
import type { Stripe } from './installedStripe.ts';

// Stripe's limits: https://docs.stripe.com/metadata
const KEYS_MAX = 50;
const KEY_LENGTH_MAX = 40;
const VALUE_LENGTH_MAX = 500;

/**
 * Applies a metadata parameter as Stripe does: keys are merged, an empty value removes its key, and an empty parameter
 * removes all keys.
 *
 * @throws StripeError when the result exceeds Stripe's limits
 */
export function mergeMetadata(
  current: Stripe.Metadata | null,
  change: Stripe.Emptyable<Stripe.MetadataParam> | undefined,
): Stripe.Metadata {
  if (change === undefined) return { ...current };
  if (change === '' || change === null) return {};
  const merged = new Map(Object.entries(current ?? {}));
  for (const [key, value] of Object.entries(change)) {
    if (value === '' || value === null) merged.delete(key);
    else merged.set(key, String(value));
  }
  requireWithinLimits(merged);
  return Object.fromEntries(merged);
}

function requireWithinLimits(metadata: ReadonlyMap<string, string>): void {
  if (metadata.size > KEYS_MAX) {
    throw StripeError.invalid(`Metadata can have up to ${KEYS_MAX} keys, but this has ${metadata.size}.`, {
      param: 'metadata',
    });
  }
  for (const [key, value] of metadata) {
    const param = `metadata[${key}]`;
    if (key.length > KEY_LENGTH_MAX) {
      throw StripeError.invalid(`Metadata keys can have up to ${KEY_LENGTH_MAX} characters: ${key}`, { param });
    }
    if (value.length > VALUE_LENGTH_MAX) {
      throw StripeError.invalid(`Metadata values can have up to ${VALUE_LENGTH_MAX} characters: ${key}`, { param });
    }
  }
}
