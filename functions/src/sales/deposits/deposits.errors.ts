import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** Seconds between two blocks of Base. */
const BLOCK_SECONDS = 2;

/** 409: this deployment takes no USDC. */
export function usdcNotConfigured(): AppError {
  return refusal(
    'USDC_NOT_CONFIGURED',
    'This deployment takes no USDC: USDC_DEPOSIT_XPUB is not set. Use another payment method.',
  );
}

/** 404: the hash is wrong, or the transaction is so new that the node doesn't have it yet. */
export function transactionNotFound(chain: string): AppError {
  return refusal(
    'TRANSACTION_NOT_FOUND',
    `There is no such transaction on ${chain}. If it was sent just now, try again in a minute.`,
    { retryAfterSeconds: 60 },
  );
}

/** 409: the transaction may still be undone. The same claim succeeds once there are enough confirmations. */
export function transactionUnconfirmed(confirmations: number, requiredConfirmations: number): AppError {
  return refusal(
    'TRANSACTION_UNCONFIRMED',
    `The transaction has ${confirmations} of ${requiredConfirmations} confirmations. Try again later, or wait until ` +
      'the transfer is credited automatically.',
    {
      details: { confirmations, requiredConfirmations },
      retryAfterSeconds: (requiredConfirmations - confirmations) * BLOCK_SECONDS,
    },
  );
}

/**
 * 409: a reorganization removed the transaction's block from the chain; another block may include the transaction
 * later.
 */
export function transactionReorganised(): AppError {
  return refusal(
    'TRANSACTION_REORGANISED',
    'The block of the transaction is no longer part of the chain. Try again when the transaction is in another block.',
    { retryAfterSeconds: 60 },
  );
}

/** 422: the transaction failed on the chain. */
export function transactionFailed(): AppError {
  return refusal('TRANSACTION_FAILED', 'The transaction failed: nothing was transferred.');
}

/** 422: the transaction contains no transfer of a token. */
export function transferNotFound(): AppError {
  return refusal('TRANSFER_NOT_FOUND', 'The transaction transfers no token.');
}

/** 422: the transfer is of another token, or a contract only claims to have transferred something. */
export function notAUsdcTransfer(): AppError {
  return refusal(
    'NOT_A_USDC_TRANSFER',
    "The transaction transfers another token than USDC: the contract is not Circle's on this chain.",
  );
}

/** 422: the transfer went to another address than the account's. */
export function notYourTransfer(): AppError {
  return refusal(
    'NOT_YOUR_TRANSFER',
    'The transaction transfers USDC to an address that is not yours. GET /billing/payment-address returns yours.',
  );
}

/**
 * 422: no transfer to the account has the claimed amount.
 * @param amounts the amounts that the account received, in USDC
 */
export function amountMismatch(amounts: readonly string[]): AppError {
  return refusal('AMOUNT_MISMATCH', `The transaction transferred ${amounts.join(' and ')} USDC.`, {
    details: { amounts },
  });
}
