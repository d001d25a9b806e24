import { AppError, type IsoTime } from '@cloud-bridge/base';
import type { ChargeStatus } from './entry.ts';
import type { CapWindow } from './keySpend.ts';

/** 402 with the three figures that tell "empty" from "held by concurrent calls". */
export class InsufficientCredits extends AppError {
  readonly availableCredits: number;

  constructor(requiredCredits: number, wallet: { readonly availableCredits: number; readonly heldCredits: number }) {
    const { availableCredits, heldCredits } = wallet;
    super(
      402,
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

/** 402: the wallet may have the credits, but the API key may not spend them before its day or month is over. */
export class KeyCreditLimitExceeded extends AppError {
  /** What open holds of the wallet have set aside: some of it may be this key's. */
  readonly heldCredits: number;

  constructor(limit: KeyCreditLimit, heldCredits: number) {
    const { window, limitCredits, usedCredits, requiredCredits, resetsAt } = limit;
    super(
      402,
      'KEY_CREDIT_LIMIT_EXCEEDED',
      `This needs ${requiredCredits} credits; the API key has used ${usedCredits} of its ${limitCredits} of this ` +
        `${window}, which ends at ${resetsAt}.`,
      { details: { ...limit } },
    );
    this.heldCredits = heldCredits;
  }
}

/** 409: a wallet counts only so many keys with caps at once. */
export function tooManyCappedKeys(limit: number): AppError {
  return new AppError(
    409,
    'TOO_MANY_CAPPED_KEYS',
    `A wallet counts at most ${limit} API keys with credit caps in a month, those that are revoked by now included.`,
    { details: { limit } },
  );
}

/** 409: only a hold that is open can be settled or extended. */
export function chargeNotHeld(status: ChargeStatus): AppError {
  return new AppError(
    409,
    'CHARGE_NOT_HELD',
    `The charge is ${status}; only a held charge can be settled or extended.`,
    {
      details: { status },
    },
  );
}

/** 409: what a delivery holds is captured or released by its outcome, not by whoever would like it back. */
export function chargeOfDelivery(): AppError {
  return new AppError(409, 'CHARGE_OF_DELIVERY', 'The hold belongs to a delivery, and is settled with it.');
}

/** 409: the subscription that the wallet belonged to has ended. */
export function walletClosed(): AppError {
  return new AppError(409, 'WALLET_CLOSED', 'The wallet is closed: its subscription has ended.');
}

/** 409: beyond 2^53 − 1 credits in a wallet's whole life its figures could not be added up exactly. */
export function walletFull(): AppError {
  return new AppError(409, 'WALLET_FULL', 'The wallet has had as many credits as can be counted.');
}

/** Somebody else posted the expiry first; nobody but the sweeper ever sees this. */
export function nothingHasLapsed(): AppError {
  return new AppError(409, 'NOTHING_HAS_LAPSED', 'No credits have lapsed.');
}

/** 503 at once, before anything was tried: more commands wait for the wallet than could be settled in good time. */
export function walletQueueFull(): AppError {
  return new AppError(
    503,
    'WALLET_BUSY',
    'Too many requests wait for this account. Retry with the same Idempotency-Key.',
    { retryAfterSeconds: 1 },
  );
}

/** 503 for a command that waited too long to be tried at all: its caller will soon be gone. */
export function waitedTooLong(): AppError {
  return new AppError(
    503,
    'WALLET_BUSY',
    'The request waited too long for this account, and was not tried. Retry it with the same Idempotency-Key.',
    { retryAfterSeconds: 1 },
  );
}

/** 503 while the process shuts down; another one takes the retry. */
export function shuttingDown(): AppError {
  return new AppError(503, 'WALLET_BUSY', 'This instance is shutting down. Retry with the same Idempotency-Key.', {
    retryAfterSeconds: 1,
  });
}

/** 503 when every try failed; whether the last one had its effect only a retry with the same key can tell. */
export function walletBusy(cause: unknown): AppError {
  return new AppError(
    503,
    'WALLET_BUSY',
    'The request could not be completed now. Retry it with the same Idempotency-Key.',
    { retryAfterSeconds: 1, cause },
  );
}
