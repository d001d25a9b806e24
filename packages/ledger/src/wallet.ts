import { assertNonNegative, assertSafeInteger, hasLapsed, type IsoTime } from '@cloud-bridge/base';
import type { AlertLevel } from './alertLevel.ts';
import type { EntryKind, UncheckedEntry } from './entry.ts';
import type { KeySpending } from './keySpend.ts';
import { spendingAfter } from './keySpending.ts';
import { applyLotChanges, type Lot, sumChanges, sumLots } from './lots.ts';

/** Sums over the whole life of a wallet, in credits. */
interface WalletTotals {
  readonly purchasedCredits: number;
  readonly grantedCredits: number;
  readonly reinstatedCredits: number;
  /** Corrections by operators; the only one that may be negative. */
  readonly adjustedCredits: number;
  readonly consumedCredits: number;
  readonly expiredCredits: number;
  readonly revokedCredits: number;
}

/**
 * A balance with its lots: what the entries of the ledger add up to, kept so that a charge needs no sum.
 * `availableCredits = Σ lots.remainingCredits − debtCredits`; `heldCredits` = what open holds have set aside.
 */
export interface Wallet {
  readonly id: string;
  readonly accountId: string;
  readonly availableCredits: number;
  readonly heldCredits: number;
  readonly debtCredits: number;
  /** In burn order; merged, so that the document stays small for ever. */
  readonly lots: readonly Lot[];
  readonly totals: WalletTotals;
  /** The number of the newest entry; entries are numbered from 1 without gaps. */
  readonly sequence: number;
  /** When the next lot lapses; what the sweeper looks for. */
  readonly nextExpiryAt: IsoTime | null;
  /** Only of a wallet that has ended: it takes no charges and no credits any more. */
  readonly closedAt?: IsoTime;
  /** What API keys with caps have spent of it; only once there were such. */
  readonly keySpending?: KeySpending;
  /** Balances that the account wants to be told of; no entry sets them, so they don't follow from the ledger. */
  readonly alertLevels?: readonly AlertLevel[];
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
}

/** Which wallet: an account may have several. */
export interface WalletAddress {
  readonly accountId: string;
  readonly walletId: string;
}

/** One text for one wallet, among the wallets of all accounts. */
export function walletKey({ accountId, walletId }: WalletAddress): string {
  return `${accountId}/${walletId}`;
}

/** The wallet that every account's live keys spend from. */
export const MAIN_WALLET_ID = 'main';
/** The wallet of `ndsp_test_` keys: credits in it cost nothing and buy nothing. */
export const TEST_WALLET_ID = 'test';

export const NO_TOTALS: WalletTotals = {
  purchasedCredits: 0,
  grantedCredits: 0,
  reinstatedCredits: 0,
  adjustedCredits: 0,
  consumedCredits: 0,
  expiredCredits: 0,
  revokedCredits: 0,
};

/** A wallet before its first entry. */
export function emptyWallet(accountId: string, walletId: string, now: IsoTime): Wallet {
  return {
    id: walletId,
    accountId,
    availableCredits: 0,
    heldCredits: 0,
    debtCredits: 0,
    lots: [],
    totals: NO_TOTALS,
    sequence: 0,
    nextExpiryAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** An entry that its wallet can't have: one of the two is of another moment than the other, or wrong. */
export class DoesNotFollow extends Error {
  constructor(wallet: Wallet, entry: UncheckedEntry, cause: unknown) {
    super(`entry ${entry.id} does not follow from the wallet at ${wallet.sequence}`, { cause });
  }
}

/**
 * The wallet after one more entry. The only way in which a balance ever changes, and what rebuilds a wallet from its
 * ledger.
 * @throws {@link DoesNotFollow} when the entry doesn't follow from the wallet: then nothing may be written
 */
export function applyEntry(wallet: Wallet, entry: UncheckedEntry): Wallet {
  try {
    return walletAfter(wallet, entry);
  } catch (error) {
    throw new DoesNotFollow(wallet, entry, error);
  }
}

function walletAfter(wallet: Wallet, entry: UncheckedEntry): Wallet {
  if (entry.sequence !== wallet.sequence + 1) {
    throw new RangeError(`entry ${entry.sequence} does not follow ${wallet.sequence}`);
  }
  if (entry.amountCredits !== sumChanges(entry.lotChanges) - entry.debtDeltaCredits) {
    throw new RangeError(`entry ${entry.id} does not add up`);
  }
  const lots = applyLotChanges(wallet.lots, entry.lotChanges, entry.createdAt);
  const debtCredits = assertNonNegative(wallet.debtCredits + entry.debtDeltaCredits, 'debtCredits');
  const availableCredits = assertSafeInteger(sumLots(lots) - debtCredits, 'availableCredits');
  if (
    availableCredits !== entry.balanceAfterCredits ||
    availableCredits !== wallet.availableCredits + entry.amountCredits
  ) {
    throw new RangeError(`entry ${entry.id} does not meet the balance`);
  }
  const keySpending = spendingAfter(wallet.keySpending, entry);
  return {
    ...wallet,
    availableCredits,
    heldCredits: assertNonNegative(wallet.heldCredits + entry.heldDeltaCredits, 'heldCredits'),
    debtCredits,
    lots,
    totals: addTotals(wallet.totals, entry),
    sequence: entry.sequence,
    // Lots are in burn order: what expires first comes first.
    nextExpiryAt: lots[0]?.expiresAt ?? null,
    ...(keySpending && { keySpending }),
    ...(entry.kind === 'closure' && { closedAt: entry.createdAt }),
    createdAt: wallet.sequence === 0 ? entry.createdAt : wallet.createdAt,
    updatedAt: entry.createdAt,
  };
}

/** The total that an entry of a kind adds its amount to; charges, holds and expiries carry their own figures. */
const TOTAL_OF_KIND: Partial<Record<EntryKind, { total: keyof WalletTotals; sign: 1 | -1 }>> = {
  purchase: { total: 'purchasedCredits', sign: 1 },
  grant: { total: 'grantedCredits', sign: 1 },
  reinstatement: { total: 'reinstatedCredits', sign: 1 },
  adjustment: { total: 'adjustedCredits', sign: 1 },
  revocation: { total: 'revokedCredits', sign: -1 },
};

/** Totals after one more entry. */
export function addTotals(totals: WalletTotals, entry: UncheckedEntry): WalletTotals {
  const own = TOTAL_OF_KIND[entry.kind];
  const next = {
    ...totals,
    consumedCredits: totals.consumedCredits + entry.consumedCredits,
    expiredCredits: totals.expiredCredits + entry.expiredCredits,
    ...(own && { [own.total]: totals[own.total] + own.sign * entry.amountCredits }),
  };
  for (const [name, value] of Object.entries(next)) {
    if (name === 'adjustedCredits') assertSafeInteger(value, name);
    else assertNonNegative(value, name);
  }
  return next;
}

/** All that was ever brought in or taken back: no figure of a wallet, and no sum of some, is larger. */
export function turnoverCredits({ totals }: Wallet): number {
  const { purchasedCredits, grantedCredits, reinstatedCredits, adjustedCredits, revokedCredits } = totals;
  return purchasedCredits + grantedCredits + reinstatedCredits + Math.max(0, adjustedCredits) + revokedCredits;
}

/** True when everything that ever came in is still there or accounted for. */
export function isBalanced(wallet: Wallet): boolean {
  const { totals } = wallet;
  const came = totals.purchasedCredits + totals.grantedCredits + totals.reinstatedCredits + totals.adjustedCredits;
  const went = totals.consumedCredits + totals.expiredCredits + totals.revokedCredits;
  return (
    came === wallet.availableCredits + wallet.heldCredits + went &&
    wallet.availableCredits === sumLots(wallet.lots) - wallet.debtCredits
  );
}

/** What can be spent at a moment: lots that have lapsed don't count, even before their expiry is posted. */
export function spendableCredits(wallet: Wallet, now: IsoTime): number {
  return sumLots(wallet.lots.filter((lot) => !hasLapsed(lot.expiresAt, now))) - wallet.debtCredits;
}
