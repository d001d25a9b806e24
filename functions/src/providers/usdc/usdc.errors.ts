import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** 502: the deployment asks a node of another chain, so nothing that it says is about our deposits. */
export function wrongChain(): AppError {
  return refusal(
    'PAYMENT_PROVIDER_MISCONFIGURED',
    'USDC_RPC_URL leads to a node of another chain than USDC_CHAIN says. Nothing was credited; an operator must ' +
      'mend it.',
  );
}
