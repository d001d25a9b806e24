import type { EntryKind } from './entry.ts';
import type { LotSource } from './lots.ts';

/** What every write carries. */
interface KeyedRequest {
  /**
   * The idempotency key, 1 to 255 characters: the same key with the same request has its effect once, however often
   * the request is sent. A key is used once in a wallet, whatever the method.
   */
  readonly key: string;
}

export interface CreditRequest extends KeyedRequest {
  /** Credits to add: a whole number, at least 1. */
  readonly amountCredits: number;
  readonly description: string;
  /** Where the credits come from; what was given is spent before what was paid for. `grant` when left out. */
  readonly source?: LotSource;
  /** From this moment on the credits are gone; left out: never. */
  readonly expiresAt?: Date;
}

export interface ChargeRequest extends KeyedRequest {
  /** Credits to spend: a whole number; 0 is a free call, which is recorded. */
  readonly amountCredits: number;
  readonly description: string;
  /** What is paid for, such as `render`: the wallet's daily counters count by operation. `charge` when left out. */
  readonly operation?: string;
}

export interface HoldRequest extends ChargeRequest {
  /** Seconds from now after which the credits are free again, 1 to 31,536,000. */
  readonly expiresInSeconds: number;
}

export interface CaptureRequest extends KeyedRequest {
  readonly holdId: string;
  /** Credits to spend: what is left of the hold goes back, what exceeds the hold is taken besides. Left out: all. */
  readonly amountCredits?: number;
}

export interface ReleaseRequest extends KeyedRequest {
  readonly holdId: string;
}

export interface ExtendRequest extends KeyedRequest {
  readonly holdId: string;
  /** Seconds from now, 1 to 31,536,000. A deadline that is later already stays. */
  readonly expiresInSeconds: number;
}

/** One line of the wallet's ledger. */
export interface WalletEntry {
  readonly entryId: string;
  /** Entries of a wallet are numbered from 1 without gaps. */
  readonly sequence: number;
  readonly kind: EntryKind;
  /** Credits that the entry added to the available ones; negative: took from them. */
  readonly amountCredits: number;
  /** Available credits right after the entry. */
  readonly balanceAfterCredits: number;
  /** Credits that the entry spent for good. */
  readonly consumedCredits: number;
  readonly description: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** What a write came to. A repetition gets what the first call got. */
export interface Receipt extends WalletEntry {
  /** True when the key's request had its effect before. */
  readonly replayed: boolean;
}

export interface HoldReceipt extends Receipt {
  /** Names the hold in `capture`, `release` and `extend`. */
  readonly holdId: string;
  /** The deadline that this request set, ISO 8601 in UTC; from this moment on the hold is over. */
  readonly expiresAt: string;
}

/** What a wallet holds at a moment, in credits. */
export interface WalletBalance {
  /** Credits that can be spent. */
  readonly availableCredits: number;
  /** Credits that open holds have set aside. */
  readonly heldCredits: number;
  /** Credits that a revocation could not take back; new credits pay them first. */
  readonly debtCredits: number;
}

/**
 * A wallet whose every write takes an idempotency key. Every method may also throw `AppError` `INVALID_REQUEST`,
 * which names the field; every write also `IDEMPOTENCY_KEY_REUSED` for a key that was used for another request, and
 * `WALLET_BUSY`, after which the same request with the same key is safe to send again.
 */
export interface KeyedWallet {
  /**
   * Adds credits.
   * @throws AppError `INVALID_REQUEST`; `WALLET_CLOSED`; `WALLET_FULL` when the wallet's whole life would exceed
   *   2^53 − 1 credits
   */
  credit(request: CreditRequest): Promise<Receipt>;
  /**
   * Spends credits at once, or nothing at all.
   * @throws InsufficientCredits with the three figures in `details`
   * @throws AppError `WALLET_CLOSED`
   */
  charge(request: ChargeRequest): Promise<Receipt>;
  /**
   * Sets credits aside until they are captured or released, or the deadline comes.
   * @throws InsufficientCredits
   * @throws AppError `WALLET_CLOSED`
   */
  hold(request: HoldRequest): Promise<HoldReceipt>;
  /**
   * Ends a hold by spending it.
   * @throws InsufficientCredits when more than the hold isn't there; the hold stays open
   * @throws AppError `CHARGE_NOT_FOUND`; `CHARGE_NOT_HELD` for a hold that is over
   */
  capture(request: CaptureRequest): Promise<Receipt>;
  /**
   * Ends a hold by giving all of it back.
   * @throws AppError `CHARGE_NOT_FOUND`; `CHARGE_NOT_HELD` for a hold that is over
   */
  release(request: ReleaseRequest): Promise<Receipt>;
  /**
   * Moves the deadline of an open hold.
   * @throws AppError `CHARGE_NOT_FOUND`; `CHARGE_NOT_HELD` for a hold that is over
   */
  extend(request: ExtendRequest): Promise<HoldReceipt>;
  /** The balance now. Holds whose deadline has passed are given back first. */
  read(): Promise<WalletBalance>;
  /**
   * The ledger, newest entry first: at most `limit` entries (1 to 500; 50 when left out), older than number
   * `beforeSequence`.
   */
  entries(page?: { readonly limit?: number; readonly beforeSequence?: number }): Promise<WalletEntry[]>;
}
