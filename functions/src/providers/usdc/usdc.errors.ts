import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** Returns the 502 for a deployment that asks a node of another chain, which knows nothing about our deposits. */
export function wrongChain(): AppError {
  return refusal(
    'PAYMENT_PROVIDER_MISCONFIGURED',
    'USDC_RPC_URL leads to a node of another chain than USDC_CHAIN. Nothing was credited; an operator must correct ' +
      'the setting.',
  );
}
