import { invalidField } from '@cloud-bridge/base';
import { refusedField } from '../../platform/errors/refusal.ts';
import type { Catalog } from '../catalog.ts';
import { type TokenUsage, tokenPriceOf } from './tokenPrice.ts';

/** The largest quantity of one charge, in units. */
export const MAX_QUANTITY = 1_000_000;

/** The part of the catalog that prices depend on. */
export type PriceList = Pick<Catalog, 'operations' | 'meteredOperations' | 'tokenTiers' | 'models'>;

/** An operation to price. */
export interface PriceRequest {
  readonly operation: string;
  readonly quantity: number;
  /** Required for a metered operation, even if no tokens were used; refused for other operations. */
  readonly usage?: TokenUsage | undefined;
}

/**
 * Returns the price of an operation in credits. Unknown operations, models and tiers are errors, never free.
 * @throws INVALID_REQUEST for usage that is missing or not expected, PRICE_OUT_OF_RANGE for a price that isn't a safe
 *   integer, UNKNOWN_MODEL, UNKNOWN_OPERATION, UNKNOWN_TIER
 */
export function priceOf(catalog: PriceList, { operation, quantity, usage }: PriceRequest): number {
  if (catalog.meteredOperations.includes(operation)) {
    if (!usage) throw invalidField('usage', `is required for ${operation}`);
    return tokenPriceOf(catalog, usage, quantity);
  }
  const unitCredits = Object.hasOwn(catalog.operations, operation) ? catalog.operations[operation] : undefined;
  if (unitCredits === undefined) {
    const known = [...Object.keys(catalog.operations), ...catalog.meteredOperations];
    throw refusedField('UNKNOWN_OPERATION', 'operation', `must be one of ${known.join(', ')}`);
  }
  if (usage) throw invalidField('usage', `does not go with ${operation}`);
  const credits = unitCredits * quantity;
  if (!Number.isSafeInteger(credits)) {
    throw refusedField('PRICE_OUT_OF_RANGE', 'quantity', 'is too large for this operation');
  }
  return credits;
}
