import type { EntryKind } from './entry.ts';
import type { LotSource } from './lots.ts';

/** The field of every write. */
interface KeyedRequest {
  /**
   * The idempotency key, 1 to 255 characters. The same key with the same request has its effect once, however often it
   * is sent. A wallet accepts each key for one request only, whatever the method.
   */
  readonly key: string;
}

export interface CreditRequest extends KeyedRequest {
  /** Credits to add: a whole number, at least 1. */
  readonly amountCredits: number;
  readonly description: string;
  /** The origin of the credits; given credits are spent before paid ones. Default: `grant`. */
  readonly source?: LotSource;
  /** The time from which the credits are gone; without it they never expire. */
  readonly expiresAt?: Date;
}

export interface ChargeRequest extends KeyedRequest {
  /** Credits to spend: a whole number; 0 records a free call. */
  readonly amountCredits: number;
  readonly description: string;
  /** The paid operation, such as `render`, by which the wallet's daily counters count. Default: `charge`. */
  readonly operation?: string;
}

export interface HoldRequest extends ChargeRequest {
  /** Seconds from now until the credits return, 1 to 31,536,000. */
  readonly expiresInSeconds: number;
}

export interface CaptureRequest extends KeyedRequest {
  readonly holdId: string;
  /**
   * Credits to spend. The rest of the hold returns; credits beyond the hold are taken in addition. Default: the whole
   * hold.
   */
  readonly amountCredits?: number;
}

export interface ReleaseRequest extends KeyedRequest {
  readonly holdId: string;
}

export interface ExtendRequest extends KeyedRequest {
  readonly holdId: string;
  /** Seconds from now, 1 to 31,536,000. A deadline that is already later stays. */
  readonly expiresInSeconds: number;
}

/** One line of the wallet's ledger. */
export interface WalletEntry {
  readonly entryId: string;
  /** Entries of a wallet are numbered from 1 without gaps. */
  readonly sequence: number;
  readonly kind: EntryKind;
  /** Change of the available credits; negative if the entry takes credits. */
  readonly amountCredits: number;
  /** Available credits directly after the entry. */
  readonly balanceAfterCredits: number;
  /** Credits that the entry spent for good. */
  readonly consumedCredits: number;
  readonly description: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** The result of a write. A repeated request gets the first request's result. */
export interface Receipt extends WalletEntry {
  /** True when an earlier request with this key had its effect. */
  readonly replayed: boolean;
}

export interface HoldReceipt extends Receipt {
  /** The hold's id, for `capture`, `release` and `extend`. */
  readonly holdId: string;
  /** The deadline that this request set, ISO 8601 in UTC; at this time the hold ends. */
  readonly expiresAt: string;
}

/** The balance of a wallet at one time, in credits. */
export interface WalletBalance {
  /** Credits that can be spent. */
  readonly availableCredits: number;
  /** Credits set aside by open holds. */
  readonly heldCredits: number;
  /** Credits that a revocation could not take back; new credits pay this debt first. */
  readonly debtCredits: number;
}

/**
 * A wallet whose writes all take an idempotency key. Every method may throw `AppError` `INVALID_REQUEST`, which names
 * the field. Every write may throw `IDEMPOTENCY_KEY_REUSED` for a key that was used for another request, and
 * `WALLET_BUSY`, after which the same request with the same key is safe to repeat.
 */
export interface KeyedWallet {
  /**
   * Adds credits.
   * @throws AppError `INVALID_REQUEST`; `WALLET_CLOSED`; `WALLET_FULL` when the wallet's lifetime turnover would exceed
   *   2^53 − 1 credits
   */
  credit(request: CreditRequest): Promise<Receipt>;
  /**
   * Spends credits at once, or nothing if too few are available.
   * @throws InsufficientCredits with the three figures in `details`
   * @throws AppError `WALLET_CLOSED`
   */
  charge(request: ChargeRequest): Promise<Receipt>;
  /**
   * Sets credits aside until they are captured or released, or until the deadline.
   * @throws InsufficientCredits
   * @throws AppError `WALLET_CLOSED`
   */
  hold(request: HoldRequest): Promise<HoldReceipt>;
  /**
   * Ends a hold by spending its credits.
   * @throws InsufficientCredits when credits beyond the hold are missing; the hold stays open
   * @throws AppError `CHARGE_NOT_FOUND`; `CHARGE_NOT_HELD` for a hold that is over
   */
  capture(request: CaptureRequest): Promise<Receipt>;
  /**
   * Ends a hold by giving all its credits back.
   * @throws AppError `CHARGE_NOT_FOUND`; `CHARGE_NOT_HELD` for a hold that is over
   */
  release(request: ReleaseRequest): Promise<Receipt>;
  /**
   * Moves the deadline of an open hold.
   * @throws AppError `CHARGE_NOT_FOUND`; `CHARGE_NOT_HELD` for a hold that is over
   */
  extend(request: ExtendRequest): Promise<HoldReceipt>;
  /** Returns the present balance, after returning the credits of lapsed holds. */
  read(): Promise<WalletBalance>;
  /** Returns entries, newest first: at most `limit` (1 to 500; default 50), with sequences below `beforeSequence`. */
  entries(page?: { readonly limit?: number; readonly beforeSequence?: number }): Promise<WalletEntry[]>;
}
