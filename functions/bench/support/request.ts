import type { CreateChargeRequest } from '../../src/credits/charges/charges.schemas.ts';

/** What every caller asks for. */
export const chargeRequest: CreateChargeRequest = {
  operation: 'presetShare',
  quantity: 1,
  capture: true,
  metadata: {},
};

/** What it costs, by the built-in catalog. */
export const PRICE_CREDITS = 10;

/** As long as a real fingerprint. */
export const REQUEST_HASH = '0123456789abcdef'.repeat(4);
