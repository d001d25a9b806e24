import { refusedField } from '../../platform/errors/refusal.ts';
import type { Catalog } from '../catalog.ts';

/** The largest number of input or output tokens of one charge. Prices are computed with BigInt, so they stay exact. */
export const MAX_TOKENS = 1_000_000_000;

/** The tokens that a call of a model used. The price is that of the given tier, or of the model's tier. */
export interface TokenUsage {
  readonly tier?: string | undefined;
  readonly model?: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Returns the price of a call's tokens in credits, computed exactly (with BigInt) and rounded up once, at the end.
 * Unknown models and tiers are errors, never free.
 * @throws PRICE_OUT_OF_RANGE for a price that isn't a safe integer, UNKNOWN_MODEL, UNKNOWN_TIER
 */
export function tokenPriceOf(catalog: Pick<Catalog, 'tokenTiers' | 'models'>, usage: TokenUsage, quantity = 1): number {
  const { inputCreditsPer1kTokens, outputCreditsPer1kTokens } = tierOf(catalog, usage);
  const thousandths =
    BigInt(usage.inputTokens) * BigInt(inputCreditsPer1kTokens) +
    BigInt(usage.outputTokens) * BigInt(outputCreditsPer1kTokens);
  const credits = Number((thousandths * BigInt(quantity) + 999n) / 1000n);
  if (!Number.isSafeInteger(credits)) throw refusedField('PRICE_OUT_OF_RANGE', 'usage', 'is too large to be priced');
  return credits;
}

function tierOf({ tokenTiers, models }: Pick<Catalog, 'tokenTiers' | 'models'>, usage: TokenUsage) {
  const named = usage.tier ?? (Object.hasOwn(models, usage.model ?? '') ? models[usage.model ?? ''] : undefined);
  if (named === undefined) {
    throw refusedField('UNKNOWN_MODEL', 'usage.model', `must be one of ${Object.keys(models).join(', ')}`);
  }
  const tier = Object.hasOwn(tokenTiers, named) ? tokenTiers[named] : undefined;
  if (!tier) throw refusedField('UNKNOWN_TIER', 'usage.tier', `must be one of ${Object.keys(tokenTiers).join(', ')}`);
  return tier;
}
