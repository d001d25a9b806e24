import type { IsoTime } from '@cloud-bridge/base';
import type { KeySpend } from './keySpend.ts';
import type { LotChange } from './lots.ts';

/**
 * The kinds of entries. `purchase` and `grant` add credits; `revocation` takes credits back after a refund or dispute,
 * and `reinstatement` returns them; `adjustment` is an operator's correction. `charge` spends at once; `hold` sets
 * credits aside, and ends in exactly one `capture`, `release` or `hold_expiry`; `hold_extension` moves its deadline.
 * `expiry` removes lapsed lots; `closure` ends the wallet and takes its remaining credits.
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

/** The quantity, price and metadata of a charge. */
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
  /** The hold's first deadline. */
  readonly firstHoldExpiresAt: IsoTime;
  readonly holdExpiresAt: IsoTime;
  readonly settledAt: null;
  readonly settledBalanceCredits: null;
}

/** A charge whose hold has ended. The settlement writes these fields once. */
export interface SettledCharge extends ChargeTerms {
  readonly status: Exclude<ChargeStatus, 'held'>;
  readonly capturedCredits: number;
  readonly firstHoldExpiresAt: IsoTime;
  readonly holdExpiresAt: IsoTime;
  readonly settledAt: IsoTime;
  /** The available credits right after the settlement. */
  readonly settledBalanceCredits: number;
}

/** The charge that a `charge` or `hold` entry records. */
export type ChargeRecord = PostedCharge | HeldCharge | SettledCharge;

/** The fields that entries of every kind have. */
export interface EntryBase {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly sequence: number;
  /** Change of the available credits; negative if the entry takes credits. */
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
  /** Id of one attempt of one caller; tells the repeat of a commit whose response was lost from a replay. */
  readonly commandId: string;
  /** Fingerprint of the request, which shows when a key is used again for another request. */
  readonly requestHash: string;
  readonly apiKeyId?: string;
  readonly deliveryId?: string;
  /** The store integration that the charge belongs to. */
  readonly integrationId?: string;
}

/** The fields that only entries of some kinds have. */
interface OwnFields {
  readonly operation: string;
  readonly orderId: string;
  /** The hold that this entry settles or extends. */
  readonly chargeId: string;
  /** The key that made the hold, if another caller settles it: the usage counts for this key. */
  readonly chargeKeyId: string;
  /** Change of the spending of an API key with caps. */
  readonly keySpend: KeySpend;
  readonly charge: ChargeRecord;
  /** The deadline that an extension set. */
  readonly extendedHoldExpiresAt: IsoTime;
  /** The deadline of an open hold, by which the sweeper finds lapsed holds. */
  readonly openHoldExpiresAt: IsoTime;
}

/**
 * An entry of some kinds, with the fields that such entries always have and those that they may have. All other fields
 * are typed as absent, so that every field can be read from every entry.
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

/** A charge that spent its price at once. */
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

/** The entry that ends a hold. */
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
 * One line of a wallet's ledger. An entry is created once; only the charge of a `hold` changes later. The entry is also
 * the idempotency record of its command, because its id derives from the caller's key.
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

/** An entry as its document states it. Nothing has checked that the fields of its kind are there; the audit does. */
export type UncheckedEntry = EntryBase & { readonly kind: EntryKind } & Partial<OwnFields>;

/** True for a hold that can still be settled. */
export function isOpenHold(entry: ChargeEntry | HoldEntry): entry is OpenHoldEntry {
  return entry.charge.status === 'held';
}
