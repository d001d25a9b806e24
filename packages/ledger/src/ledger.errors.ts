import { AppError, type IsoTime } from '@cloud-bridge/base';
import type { ChargeStatus } from './entry.ts';
import type { CapWindow } from './keySpend.ts';

/** Codes of all errors that the ledger itself throws. Other errors come from Firestore or are bugs. */
export const LEDGER_ERROR_CODES = [
  'CHARGE_NOT_FOUND',
  'CHARGE_NOT_HELD',
  'CHARGE_OF_DELIVERY',
  'IDEMPOTENCY_KEY_REUSED',
  'INSUFFICIENT_CREDITS',
  'INVALID_REQUEST',
  'KEY_CREDIT_LIMIT_EXCEEDED',
  'NOTHING_HAS_LAPSED',
  'TOO_MANY_CAPPED_KEYS',
  'WALLET_BUSY',
  'WALLET_CLOSED',
  'WALLET_FULL',
] as const;

export type LedgerErrorCode = (typeof LEDGER_ERROR_CODES)[number];

type LedgerError = AppError<LedgerErrorCode>;

/** True for an error of the ledger that a repeated command would get again: any code but `WALLET_BUSY`. */
export function isRefused(thrown: unknown): thrown is LedgerError {
  if (!(thrown instanceof AppError) || thrown.code === 'WALLET_BUSY') return false;
  return LEDGER_ERROR_CODES.some((code) => code === thrown.code);
}

/** Too few credits are available. The details tell an empty wallet from credits held by concurrent calls. */
export class InsufficientCredits extends AppError<LedgerErrorCode> {
  readonly availableCredits: number;

  constructor(requiredCredits: number, wallet: { readonly availableCredits: number; readonly heldCredits: number }) {
    const { availableCredits, heldCredits } = wallet;
    super(
      'INSUFFICIENT_CREDITS',
      `This needs ${requiredCredits} credits; ${availableCredits} are available and ${heldCredits} are held.`,
      { details: { requiredCredits, availableCredits, heldCredits } },
    );
    this.availableCredits = availableCredits;
  }
}

/** The details of a refusal for a key's cap. */
interface KeyCreditLimit {
  readonly window: CapWindow;
  readonly limitCredits: number;
  readonly usedCredits: number;
  readonly requiredCredits: number;
  readonly resetsAt: IsoTime;
}

/** The API key's cap refuses the charge until the day or month ends, even if the wallet has the credits. */
export class KeyCreditLimitExceeded extends AppError<LedgerErrorCode> {
  /** Credits set aside by open holds of the wallet; some may be this key's. */
  readonly heldCredits: number;

  constructor(limit: KeyCreditLimit, heldCredits: number) {
    const { window, limitCredits, usedCredits, requiredCredits, resetsAt } = limit;
    super(
      'KEY_CREDIT_LIMIT_EXCEEDED',
      `This needs ${requiredCredits} credits; the API key has used ${usedCredits} of its ${limitCredits} of this ` +
        `${window}, which ends at ${resetsAt}.`,
      { details: { ...limit } },
    );
    this.heldCredits = heldCredits;
  }
}

/** Refuses a further key with caps: a wallet counts a limited number of them. */
export function tooManyCappedKeys(limit: number): LedgerError {
  return new AppError(
    'TOO_MANY_CAPPED_KEYS',
    `A wallet counts at most ${limit} API keys with credit caps in a month, those that are revoked by now included.`,
    { details: { limit } },
  );
}

/** The wallet has no such hold, or another key made the hold. */
export function chargeNotFound(): LedgerError {
  return new AppError('CHARGE_NOT_FOUND', 'There is no such charge.');
}

/** Only an open hold can be settled or extended. */
export function chargeNotHeld(status: ChargeStatus): LedgerError {
  return new AppError('CHARGE_NOT_HELD', `The charge is ${status}; only a held charge can be settled or extended.`, {
    details: { status },
  });
}

/** A delivery's hold is captured or released by the delivery's outcome, and not on request. */
export function chargeOfDelivery(): LedgerError {
  return new AppError('CHARGE_OF_DELIVERY', 'The hold belongs to a delivery, and is settled with it.');
}

/** The wallet's subscription has ended. */
export function walletClosed(): LedgerError {
  return new AppError('WALLET_CLOSED', 'The wallet is closed: its subscription has ended.');
}

/** Beyond 2^53 − 1 credits in a wallet's lifetime, its figures could no longer be added exactly. */
export function walletFull(): LedgerError {
  return new AppError('WALLET_FULL', 'The wallet has reached the most credits that it can count in its lifetime.');
}

/** Another process posted the expiry first. Only the sweeper sees this error. */
export function nothingHasLapsed(): LedgerError {
  return new AppError('NOTHING_HAS_LAPSED', 'No credits have lapsed.');
}

/** Refuses a command before any attempt: more commands wait for the wallet than can be settled in time. */
export function walletQueueFull(): LedgerError {
  return new AppError('WALLET_BUSY', 'Too many requests wait for this account. Retry with the same Idempotency-Key.', {
    retryAfterSeconds: 1,
  });
}

/** Refuses a command that waited too long for its first attempt; its caller will soon give up. */
export function waitedTooLong(): LedgerError {
  return new AppError(
    'WALLET_BUSY',
    'The request waited too long for this account, and was not tried. Retry it with the same Idempotency-Key.',
    { retryAfterSeconds: 1 },
  );
}

/** Refuses commands while the process shuts down; another process handles the retry. */
export function shuttingDown(): LedgerError {
  return new AppError('WALLET_BUSY', 'This instance is shutting down. Retry with the same Idempotency-Key.', {
    retryAfterSeconds: 1,
  });
}

/** Reports that every attempt failed. Only a retry with the same key shows whether the last attempt had its effect. */
export function walletBusy(cause: unknown): LedgerError {
  return new AppError(
    'WALLET_BUSY',
    'The request could not be completed now. Retry it with the same Idempotency-Key.',
    { retryAfterSeconds: 1, cause },
  );
}
