import type { Catalog } from '../catalog/catalog.ts';
import { invalidField } from '../shared/appError.ts';

/** The most units that one charge may be for. */
export const MAX_QUANTITY = 1_000_000;

/**
 * What `quantity` units of an operation cost, in credits. An unknown operation is an error, never free: 400
 * `UNKNOWN_OPERATION`; so is a price too large to be exact: 400 `PRICE_OUT_OF_RANGE`.
 */
export function priceOf(catalog: Pick<Catalog, 'operations'>, operation: string, quantity: number): number {
  const unitCredits = Object.hasOwn(catalog.operations, operation) ? catalog.operations[operation] : undefined;
  if (unitCredits === undefined) {
    throw invalidField(
      'operation',
      `has to be one of ${Object.keys(catalog.operations).join(', ')}`,
      'UNKNOWN_OPERATION',
    );
  }
  const credits = unitCredits * quantity;
  if (!Number.isSafeInteger(credits))
    throw invalidField('quantity', 'is too large for this operation', 'PRICE_OUT_OF_RANGE');
  return credits;
}
