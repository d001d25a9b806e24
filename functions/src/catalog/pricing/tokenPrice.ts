import { refusedField } from '../../platform/errors/refusal.ts';
import type { Catalog } from '../catalog.ts';

/** The most tokens of one kind that one charge may be for; with any safe price the sum stays exact as a BigInt. */
export const MAX_TOKENS = 1_000_000_000;

/** What a call of a model used. Which tier prices it is named by the tier itself or by the model. */
export interface TokenUsage {
  readonly tier?: string | undefined;
  readonly model?: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Credits for the tokens of one call: exact, and rounded up once, at the end. Unknown models and tiers are errors,
 * never free: 400 `UNKNOWN_MODEL` or `UNKNOWN_TIER`; a price that isn't exact is 400 `PRICE_OUT_OF_RANGE`.
 * @throws PRICE_OUT_OF_RANGE, UNKNOWN_MODEL, UNKNOWN_TIER
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
