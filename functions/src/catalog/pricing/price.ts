import { invalidField } from '@cloud-bridge/base';
import { refusedField } from '../../platform/errors/refusal.ts';
import type { Catalog } from '../catalog.ts';
import { type TokenUsage, tokenPriceOf } from './tokenPrice.ts';

/** The most units that one charge may be for. */
export const MAX_QUANTITY = 1_000_000;

/** The part of a catalog that prices are made from. */
export type PriceList = Pick<Catalog, 'operations' | 'meteredOperations' | 'tokenTiers' | 'models'>;

/** What is to be priced. */
export interface PriceRequest {
  readonly operation: string;
  readonly quantity: number;
  /** Needed by a metered operation, where none at all is not the same as none used; others have no use for it. */
  readonly usage?: TokenUsage | undefined;
}

/**
 * What an operation costs, in credits. An unknown operation is an error, never free: 400 `UNKNOWN_OPERATION`; so is a
 * price too large to be exact (400 `PRICE_OUT_OF_RANGE`), and usage that is missing or out of place (400
 * `INVALID_REQUEST`).
 * @throws INVALID_REQUEST, PRICE_OUT_OF_RANGE, UNKNOWN_MODEL, UNKNOWN_OPERATION, UNKNOWN_TIER
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
