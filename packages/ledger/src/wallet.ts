import { assertNonNegative, assertSafeInteger, hasLapsed, type IsoTime } from '@cloud-bridge/base';
import type { AlertLevel } from './alertLevel.ts';
import type { EntryKind, UncheckedEntry } from './entry.ts';
import type { KeySpending } from './keySpend.ts';
import { spendingAfter } from './keySpending.ts';
import { applyLotChanges, type Lot, sumChanges, sumLots } from './lots.ts';

/** Sums over the lifetime of a wallet, in credits. */
interface WalletTotals {
  readonly purchasedCredits: number;
  readonly grantedCredits: number;
  readonly reinstatedCredits: number;
  /** Corrections by operators; the only total that may be negative. */
  readonly adjustedCredits: number;
  readonly consumedCredits: number;
  readonly expiredCredits: number;
  readonly revokedCredits: number;
}

/**
 * A balance with its lots: the sum of the wallet's entries, kept so that a charge doesn't have to add them up.
 * `availableCredits = Σ lots.remainingCredits − debtCredits`; `heldCredits` = credits set aside by open holds.
 */
export interface Wallet {
  readonly id: string;
  readonly accountId: string;
  readonly availableCredits: number;
  readonly heldCredits: number;
  readonly debtCredits: number;
  /** In burn order; similar lots are merged, so that the document stays small. */
  readonly lots: readonly Lot[];
  readonly totals: WalletTotals;
  /** The number of the newest entry; entries are numbered from 1 without gaps. */
  readonly sequence: number;
  /** The expiry of the next lot to lapse, by which the sweeper finds wallets; null if no lot expires. */
  readonly nextExpiryAt: IsoTime | null;
  /** Set once the wallet has closed; it then takes no charges and no credits. */
  readonly closedAt?: IsoTime;
  /** Spending of API keys with caps; undefined until such a key has spent credits. */
  readonly keySpending?: KeySpending;
  /** Balances that the account wants alerts for. They aren't set by entries, so they don't follow from the ledger. */
  readonly alertLevels?: readonly AlertLevel[];
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
}

/** The address of a wallet; an account may have several. */
export interface WalletAddress {
  readonly accountId: string;
  readonly walletId: string;
}

/** Returns a text that identifies a wallet among the wallets of all accounts. */
export function walletKey({ accountId, walletId }: WalletAddress): string {
  return `${accountId}/${walletId}`;
}

/** The wallet that all live keys of an account spend from. */
export const MAIN_WALLET_ID = 'main';
/** The wallet of `ndsp_test_` keys: its credits cost nothing and buy nothing. */
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

/** An entry doesn't fit its wallet: the two were read at different moments, or one of them is wrong. */
export class DoesNotFollow extends Error {
  constructor(wallet: Wallet, entry: UncheckedEntry, cause: unknown) {
    super(`entry ${entry.id} does not follow from the wallet at ${wallet.sequence}`, { cause });
  }
}

/**
 * Returns the wallet after one more entry. Every change of a balance goes through this function, which also rebuilds a
 * wallet from its ledger.
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
    // Lots are in burn order, so the first expiry comes first.
    nextExpiryAt: lots[0]?.expiresAt ?? null,
    ...(keySpending && { keySpending }),
    ...(entry.kind === 'closure' && { closedAt: entry.createdAt }),
    createdAt: wallet.sequence === 0 ? entry.createdAt : wallet.createdAt,
    updatedAt: entry.createdAt,
  };
}

/** The total that counts an entry's amount, by kind. Charges, holds and expiries have figures of their own. */
const TOTAL_OF_KIND: Partial<Record<EntryKind, { total: keyof WalletTotals; sign: 1 | -1 }>> = {
  purchase: { total: 'purchasedCredits', sign: 1 },
  grant: { total: 'grantedCredits', sign: 1 },
  reinstatement: { total: 'reinstatedCredits', sign: 1 },
  adjustment: { total: 'adjustedCredits', sign: 1 },
  revocation: { total: 'revokedCredits', sign: -1 },
};

/** Returns the totals after one more entry. */
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

/** Returns all credits ever added or taken back. No figure of a wallet, and no sum of some figures, is larger. */
export function turnoverCredits({ totals }: Wallet): number {
  const { purchasedCredits, grantedCredits, reinstatedCredits, adjustedCredits, revokedCredits } = totals;
  return purchasedCredits + grantedCredits + reinstatedCredits + Math.max(0, adjustedCredits) + revokedCredits;
}

/** True when all credits that came in are still there or accounted for. */
export function isBalanced(wallet: Wallet): boolean {
  const { totals } = wallet;
  const came = totals.purchasedCredits + totals.grantedCredits + totals.reinstatedCredits + totals.adjustedCredits;
  const went = totals.consumedCredits + totals.expiredCredits + totals.revokedCredits;
  return (
    came === wallet.availableCredits + wallet.heldCredits + went &&
    wallet.availableCredits === sumLots(wallet.lots) - wallet.debtCredits
  );
}

/** Returns the credits that can be spent at a time. Lapsed lots don't count, even before their expiry is posted. */
export function spendableCredits(wallet: Wallet, now: IsoTime): number {
  return sumLots(wallet.lots.filter((lot) => !hasLapsed(lot.expiresAt, now))) - wallet.debtCredits;
}
