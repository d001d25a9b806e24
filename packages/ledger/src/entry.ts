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

/** What a charge was for, and what it costs. */
interface ChargeTerms {
  readonly quantity: number;
  /** The price, in credits. */
  readonly amountCredits: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A charge that spent its price at once. */
export interface PostedCharge extends ChargeTerms {
  readonly status: 'captured';
  readonly capturedCredits: number;
  readonly firstHoldExpiresAt: null;
  readonly holdExpiresAt: null;
  readonly settledAt: null;
  readonly settledBalanceCredits: null;
}

/** A charge whose price is set aside. */
export interface HeldCharge extends ChargeTerms {
  readonly status: 'held';
  readonly capturedCredits: 0;
  /** The deadline that the hold began with. */
  readonly firstHoldExpiresAt: IsoTime;
  readonly holdExpiresAt: IsoTime;
  readonly settledAt: null;
  readonly settledBalanceCredits: null;
}

/** A charge whose hold has ended. The entry that settles the hold writes this once. */
export interface SettledCharge extends ChargeTerms {
  readonly status: Exclude<ChargeStatus, 'held'>;
  readonly capturedCredits: number;
  readonly firstHoldExpiresAt: IsoTime;
  readonly holdExpiresAt: IsoTime;
  readonly settledAt: IsoTime;
  /** The available credits right after the settlement. */
  readonly settledBalanceCredits: number;
}

/** The charge that a `charge` or `hold` entry is the record of. */
export type ChargeRecord = PostedCharge | HeldCharge | SettledCharge;

/** What every entry says, whatever its kind is. */
export interface EntryBase {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly sequence: number;
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
  readonly apiKeyId?: string;
  readonly deliveryId?: string;
  /** The store integration whose charge it is. */
  readonly integrationId?: string;
}

/** The fields that only entries of some kinds have. */
interface OwnFields {
  readonly operation: string;
  readonly orderId: string;
  /** The hold that this entry settles or extends. */
  readonly chargeId: string;
  /** The key that made the hold, when somebody else settles it: whose usage it is. */
  readonly chargeKeyId: string;
  /** What it adds to the spending of an API key that has caps. */
  readonly keySpend: KeySpend;
  readonly charge: ChargeRecord;
  /** The deadline that an extension set. */
  readonly extendedHoldExpiresAt: IsoTime;
  /** The deadline of an open hold: what the sweeper looks for. */
  readonly openHoldExpiresAt: IsoTime;
}

/**
 * An entry of some kinds, with the fields that such entries always have, and those that they sometimes have. All other
 * fields are known to be absent, so that every field can be asked of every entry.
 */
type EntryOfKind<
  Kind extends EntryKind,
  Always extends Partial<OwnFields> = object,
  Sometimes extends keyof OwnFields = never,
> = EntryBase & { readonly kind: Kind } & Always &
  Partial<Pick<OwnFields, Sometimes>> & {
    readonly [Name in Exclude<keyof OwnFields, keyof Always | Sometimes>]?: never;
  };

export type CreditEntry = EntryOfKind<'purchase' | 'grant' | 'reinstatement', object, 'orderId'>;
export type RevocationEntry = EntryOfKind<'revocation', object, 'orderId'>;
export type AdjustmentEntry = EntryOfKind<'adjustment'>;
export type ExpiryEntry = EntryOfKind<'expiry'>;
export type ClosureEntry = EntryOfKind<'closure'>;

/** A charge that was posted at once. */
export type ChargeEntry = EntryOfKind<
  'charge',
  { readonly operation: string; readonly charge: PostedCharge },
  'keySpend'
>;

export type OpenHoldEntry = EntryOfKind<
  'hold',
  { readonly operation: string; readonly charge: HeldCharge; readonly openHoldExpiresAt: IsoTime },
  'keySpend'
>;
export type SettledHoldEntry = EntryOfKind<
  'hold',
  { readonly operation: string; readonly charge: SettledCharge },
  'keySpend'
>;
export type HoldEntry = OpenHoldEntry | SettledHoldEntry;

/** The end of a hold. */
export type SettlementEntry = EntryOfKind<
  'capture' | 'release' | 'hold_expiry',
  { readonly operation: string; readonly chargeId: string },
  'keySpend' | 'chargeKeyId'
>;

export type ExtensionEntry = EntryOfKind<
  'hold_extension',
  { readonly operation: string; readonly chargeId: string; readonly extendedHoldExpiresAt: IsoTime }
>;

/**
 * One line of a wallet's ledger. Written once with `create`; of a `hold` only the state of its charge changes later.
 * It is also the idempotency record of the command that made it: its id derives from the caller's key.
 */
export type Entry =
  | CreditEntry
  | RevocationEntry
  | AdjustmentEntry
  | ChargeEntry
  | HoldEntry
  | SettlementEntry
  | ExtensionEntry
  | ExpiryEntry
  | ClosureEntry;

/** An entry as its document tells it. Nobody has checked that it has what its kind always has: the audit does. */
export type UncheckedEntry = EntryBase & { readonly kind: EntryKind } & Partial<OwnFields>;

/** True for a hold that can still be settled. */
export function isOpenHold(entry: ChargeEntry | HoldEntry): entry is OpenHoldEntry {
  return entry.charge.status === 'held';
}
