import type { IsoTime } from '@cloud-bridge/base';
import type { Entry, Wallet } from '@cloud-bridge/ledger';
import { type Figures, figuresOfEntry, figuresOfWallet, minus, NO_FIGURES, plus } from './figures.ts';

/** A calendar month in UTC, such as `2026-03`. */
export type Month = string;

/** The part of a wallet that the report already contains. */
export interface ReportedWallet {
  readonly sequence: number;
  /** The month of the last reported entry. */
  readonly month: Month;
  readonly figures: Figures;
}

export function monthOf(time: IsoTime): Month {
  return time.slice(0, 7);
}

export function reportedWallet(wallet: Wallet): ReportedWallet {
  return { sequence: wallet.sequence, month: monthOf(wallet.updatedAt), figures: figuresOfWallet(wallet) };
}

/**
 * Returns the figures that a wallet adds to each month since it was last reported. The ledger's time never runs
 * backwards, so no entry has to be read if the newest entry and the last reported entry are of the same month.
 * Otherwise entries are read up to the newest month.
 * @param entriesAfter returns the wallet's entries after a sequence, oldest first
 */
export async function monthlyChanges(
  before: ReportedWallet | null,
  wallet: Wallet,
  entriesAfter: (sequence: number) => AsyncIterable<Entry>,
): Promise<Map<Month, Figures>> {
  const changes = new Map<Month, Figures>();
  const add = (month: Month, figures: Figures) => changes.set(month, plus(changes.get(month) ?? NO_FIGURES, figures));
  const lastMonth = monthOf(wallet.updatedAt);
  let reported = before?.figures ?? NO_FIGURES;
  if ((before?.month ?? monthOf(wallet.createdAt)) !== lastMonth) {
    for await (const entry of entriesAfter(before?.sequence ?? 0)) {
      const month = monthOf(entry.createdAt);
      if (month === lastMonth) break;
      const figures = figuresOfEntry(entry);
      add(month, figures);
      reported = plus(reported, figures);
    }
  }
  add(lastMonth, minus(figuresOfWallet(wallet), reported));
  return changes;
}
