import type { IsoTime } from '@cloud-bridge/base';
import type { Entry, Wallet } from '@cloud-bridge/ledger';
import { type Figures, figuresOfEntry, figuresOfWallet, minus, NO_FIGURES, plus } from './figures.ts';

/** A calendar month in UTC, such as `2026-03`. */
export type Month = string;

/** What of a wallet is in the report. */
export interface ReportedWallet {
  readonly sequence: number;
  /** The month of its last entry. */
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
 * What a wallet adds to each month since it was reported last. A ledger's time never runs backwards: as long as the
 * last entry is of the month of the one reported last, everything between them is, too, and no entry has to be read.
 * Otherwise those are read that are of months before the last one.
 * @param entriesAfter the wallet's entries after a sequence, oldest first
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
