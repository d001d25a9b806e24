import { AppError, type IsoTime } from '@cloud-bridge/base';
import type { ChargeStatus } from './entry.ts';
import type { CapWindow } from './keySpend.ts';

/** Codes of all errors that the ledger throws itself. Whatever else is thrown comes from Firestore, or is a bug. */
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

/** True for an error of the ledger after which repeating the command would not help: any code but `WALLET_BUSY`. */
export function isRefused(thrown: unknown): thrown is LedgerError {
  if (!(thrown instanceof AppError) || thrown.code === 'WALLET_BUSY') return false;
  return LEDGER_ERROR_CODES.some((code) => code === thrown.code);
}

/** Has the three figures that tell "empty" from "held by concurrent calls". */
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

/** What a charge beyond a key's cap is told. */
interface KeyCreditLimit {
  readonly window: CapWindow;
  readonly limitCredits: number;
  readonly usedCredits: number;
  readonly requiredCredits: number;
  readonly resetsAt: IsoTime;
}

/** The wallet may have the credits, but the API key may not spend them before its day or month is over. */
export class KeyCreditLimitExceeded extends AppError<LedgerErrorCode> {
  /** What open holds of the wallet have set aside: some of it may be this key's. */
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

/** A wallet counts only so many keys with caps at once. */
export function tooManyCappedKeys(limit: number): LedgerError {
  return new AppError(
    'TOO_MANY_CAPPED_KEYS',
    `A wallet counts at most ${limit} API keys with credit caps in a month, those that are revoked by now included.`,
    { details: { limit } },
  );
}

/** The wallet has no such hold, or the hold is another key's. */
export function chargeNotFound(): LedgerError {
  return new AppError('CHARGE_NOT_FOUND', 'There is no such charge.');
}

/** Only a hold that is open can be settled or extended. */
export function chargeNotHeld(status: ChargeStatus): LedgerError {
  return new AppError('CHARGE_NOT_HELD', `The charge is ${status}; only a held charge can be settled or extended.`, {
    details: { status },
  });
}

/** What a delivery holds is captured or released by its outcome, not by whoever would like it back. */
export function chargeOfDelivery(): LedgerError {
  return new AppError('CHARGE_OF_DELIVERY', 'The hold belongs to a delivery, and is settled with it.');
}

/** The subscription that the wallet belonged to has ended. */
export function walletClosed(): LedgerError {
  return new AppError('WALLET_CLOSED', 'The wallet is closed: its subscription has ended.');
}

/** Beyond 2^53 − 1 credits in a wallet's whole life its figures could not be added up exactly. */
export function walletFull(): LedgerError {
  return new AppError('WALLET_FULL', 'The wallet has had as many credits as can be counted.');
}

/** Somebody else posted the expiry first; nobody but the sweeper ever sees this. */
export function nothingHasLapsed(): LedgerError {
  return new AppError('NOTHING_HAS_LAPSED', 'No credits have lapsed.');
}

/** Thrown at once, before anything was tried: more commands wait for the wallet than could be settled in good time. */
export function walletQueueFull(): LedgerError {
  return new AppError('WALLET_BUSY', 'Too many requests wait for this account. Retry with the same Idempotency-Key.', {
    retryAfterSeconds: 1,
  });
}

/** For a command that waited too long to be tried at all: its caller will soon be gone. */
export function waitedTooLong(): LedgerError {
  return new AppError(
    'WALLET_BUSY',
    'The request waited too long for this account, and was not tried. Retry it with the same Idempotency-Key.',
    { retryAfterSeconds: 1 },
  );
}

/** Thrown while the process shuts down; another one takes the retry. */
export function shuttingDown(): LedgerError {
  return new AppError('WALLET_BUSY', 'This instance is shutting down. Retry with the same Idempotency-Key.', {
    retryAfterSeconds: 1,
  });
}

/** Thrown when every try failed; whether the last one had its effect only a retry with the same key can tell. */
export function walletBusy(cause: unknown): LedgerError {
  return new AppError(
    'WALLET_BUSY',
    'The request could not be completed now. Retry it with the same Idempotency-Key.',
    { retryAfterSeconds: 1, cause },
  );
}
