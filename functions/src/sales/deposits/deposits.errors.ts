import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** The time between two blocks of Base. */
const BLOCK_SECONDS = 2;

/** 409: this deployment has no addresses to pay to. */
export function usdcNotConfigured(): AppError {
  return refusal(
    'USDC_NOT_CONFIGURED',
    'This deployment takes no USDC: USDC_DEPOSIT_XPUB is not set. Other ways to pay work without it.',
  );
}

/** 404: the hash is wrong, or the transaction was sent a moment ago; then it may be there the next time. */
export function transactionNotFound(chain: string): AppError {
  return refusal(
    'TRANSACTION_NOT_FOUND',
    `There is no such transaction on ${chain}. If it was sent just now, try again in a minute.`,
    { retryAfterSeconds: 60 },
  );
}

/** 409: it may still be undone; the same claim succeeds once it has enough confirmations. */
export function transactionUnconfirmed(confirmations: number, requiredConfirmations: number): AppError {
  return refusal(
    'TRANSACTION_UNCONFIRMED',
    `The transaction has ${confirmations} of ${requiredConfirmations} confirmations. Try again later; it is also ` +
      'found by itself.',
    {
      details: { confirmations, requiredConfirmations },
      retryAfterSeconds: (requiredConfirmations - confirmations) * BLOCK_SECONDS,
    },
  );
}

/** 409: the block that it was in isn't part of the chain any more; it may come into another. */
export function transactionReorganised(): AppError {
  return refusal(
    'TRANSACTION_REORGANISED',
    'The block of the transaction is not part of the chain any more. Try again when the transaction is in another.',
    { retryAfterSeconds: 60 },
  );
}

export function transactionFailed(): AppError {
  return refusal('TRANSACTION_FAILED', 'The transaction failed: nothing was transferred.');
}

export function transferNotFound(): AppError {
  return refusal('TRANSFER_NOT_FOUND', 'The transaction transfers no token.');
}

/** 422: some other token, or a contract that only says that it transferred something. */
export function notAUsdcTransfer(): AppError {
  return refusal(
    'NOT_A_USDC_TRANSFER',
    "What the transaction transfers is not USDC: it comes from another contract than Circle's on this chain.",
  );
}

export function notYourTransfer(): AppError {
  return refusal(
    'NOT_YOUR_TRANSFER',
    'The transaction transfers USDC to another address than that of your account (GET /billing/payment-address).',
  );
}

/** @param amounts what did come, in USDC */
export function amountMismatch(amounts: readonly string[]): AppError {
  return refusal('AMOUNT_MISMATCH', `The transaction brought ${amounts.join(' and ')} USDC.`, {
    details: { amounts },
  });
}
