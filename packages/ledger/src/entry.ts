import type { IsoTime } from '@cloud-bridge/base';
import type { KeySpend } from './keySpend.ts';
import type { LotChange } from './lots.ts';

/**
 * What an entry records. Credits come in by `purchase` and `grant`; a `revocation` takes back what a refund or dispute
 * undid, a `reinstatement` gives it back; an `adjustment` is an operator's correction. `charge` spends at once; `hold`
 * sets credits aside, and ends in exactly one of `capture`, `release` and `hold_expiry`; `hold_extension` moves its
 * deadline; `expiry` removes lots whose time has come; `closure` ends the wallet, with whatever was left in it.
 */
export const ENTRY_KINDS = [
  'purchase',
  'grant',
  'revocation',
  'reinstatement',
  'adjustment',
  'charge',
  'hold',
  'capture',
  'release',
  'hold_expiry',
  'hold_extension',
  'expiry',
  'closure',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export const CHARGE_STATUSES = ['held', 'captured', 'released', 'expired'] as const;
export type ChargeStatus = (typeof CHARGE_STATUSES)[number];

/** The charge that a `charge` or `hold` entry is the record of. */
export interface ChargeRecord {
  readonly quantity: number;
  /** The price, in credits. */
  readonly amountCredits: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** The deadline that the hold began with; null for a charge posted at once. */
  readonly firstHoldExpiresAt: IsoTime | null;
  /** What became of it: these change once, with the entry that settles a hold. */
  readonly status: ChargeStatus;
  readonly capturedCredits: number;
  readonly holdExpiresAt: IsoTime | null;
  readonly settledAt: IsoTime | null;
  /** The available credits right after it was settled. */
  readonly settledBalanceCredits: number | null;
}

/**
 * One line of a wallet's ledger. Written once with `create`; of a `hold` only the state of its charge changes later.
 * It is also the idempotency record of the command that made it: its id derives from the caller's key.
 */
export interface Entry {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly sequence: number;
  readonly kind: EntryKind;
  /** What it adds to the available credits (negative: takes from them). */
  readonly amountCredits: number;
  readonly balanceAfterCredits: number;
  readonly heldDeltaCredits: number;
  readonly debtDeltaCredits: number;
  /** Credits that were spent for good. */
  readonly consumedCredits: number;
  /** Credits that lapsed. */
  readonly expiredCredits: number;
  readonly lotChanges: readonly LotChange[];
  readonly description: string;
  readonly createdAt: IsoTime;
  /** One try of one caller; tells an answer that was lost on the way from a replay. */
  readonly commandId: string;
  /** Fingerprint of the request, to notice a key that is used again for something else. */
  readonly requestHash: string;
  readonly operation?: string;
  readonly apiKeyId?: string;
  readonly deliveryId?: string;
  /** The store integration whose charge it is. */
  readonly integrationId?: string;
  readonly orderId?: string;
  /** The hold that this entry settles or extends. */
  readonly chargeId?: string;
  /** The key that made the hold, when somebody else settles it: whose usage it is. */
  readonly chargeKeyId?: string;
  /** What it adds to the spending of an API key that has caps. */
  readonly keySpend?: KeySpend;
  readonly charge?: ChargeRecord;
  /** Of a `hold_extension`: the deadline that it set. */
  readonly extendedHoldExpiresAt?: IsoTime;
  /** Only while a hold is open: what the sweeper looks for. */
  readonly openHoldExpiresAt?: IsoTime;
}
