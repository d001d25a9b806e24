import type { CreateChargeRequest } from '../../src/credits/charges/charges.schemas.ts';

/** The charge that every caller requests. */
export const chargeRequest: CreateChargeRequest = {
  operation: 'presetShare',
  quantity: 1,
  capture: true,
  metadata: {},
};

/** Price of the charge in the built-in catalog, in credits. */
export const PRICE_CREDITS = 10;

/** Hash of the request, as long as a real hash. */
export const REQUEST_HASH = '0123456789abcdef'.repeat(4);
