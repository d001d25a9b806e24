import { assertSafeInteger } from '@cloud-bridge/base';
import { addTotals, type Entry, type LotSource, NO_TOTALS, type Wallet } from '@cloud-bridge/ledger';

export const LOT_SOURCES = ['purchase', 'grant', 'promotion', 'subscription'] as const satisfies readonly LotSource[];

const FIGURE_NAMES = [
  'purchasedCredits',
  'grantedCredits',
  'reinstatedCredits',
  'adjustedCredits',
  'consumedCredits',
  'expiredCredits',
  'revokedCredits',
  'heldCredits',
  'debtCredits',
  ...LOT_SOURCES,
] as const;

/**
 * Sums of credits that came in and went out, held and owed credits, and remaining credits by source; for one or more
 * wallets.
 */
export type Figures = Readonly<Record<(typeof FIGURE_NAMES)[number], number>>;

export const NO_FIGURES = Object.fromEntries(FIGURE_NAMES.map((name) => [name, 0])) as Figures;

export function plus(a: Figures, b: Figures): Figures {
  return combine(a, b, 1);
}

export function minus(a: Figures, b: Figures): Figures {
  return combine(a, b, -1);
}

function combine(a: Figures, b: Figures, sign: 1 | -1): Figures {
  const sums = FIGURE_NAMES.map((name) => [name, assertSafeInteger(a[name] + sign * b[name], name)]);
  return Object.fromEntries(sums) as Figures;
}

/** Returns the figures of a wallet's lifetime. */
export function figuresOfWallet({ totals, heldCredits, debtCredits, lots }: Wallet): Figures {
  const bySource = sumBySource(lots.map(({ source, remainingCredits }) => [source, remainingCredits]));
  return { ...totals, heldCredits, debtCredits, ...bySource };
}

/** Returns the figures that one entry adds. */
export function figuresOfEntry(entry: Entry): Figures {
  const bySource = sumBySource(entry.lotChanges.map(({ source, deltaCredits }) => [source, deltaCredits]));
  const { heldDeltaCredits: heldCredits, debtDeltaCredits: debtCredits } = entry;
  return { ...addTotals(NO_TOTALS, entry), heldCredits, debtCredits, ...bySource };
}

function sumBySource(parts: readonly (readonly [LotSource, number])[]): Record<LotSource, number> {
  const sums: Record<LotSource, number> = { purchase: 0, grant: 0, promotion: 0, subscription: 0 };
  for (const [source, credits] of parts) sums[source] = assertSafeInteger(sums[source] + credits, source);
  return sums;
}

/** Returns the credits that customers still have: available and held credits, minus debt. */
export function outstandingCredits(figures: Figures): number {
  const left = LOT_SOURCES.reduce((sum, source) => sum + figures[source], 0);
  return assertSafeInteger(left + figures.heldCredits - figures.debtCredits, 'outstanding credits');
}

/** Returns credits in minus credits out. Equals the outstanding credits, but is computed from other figures. */
export function netCredits(figures: Figures): number {
  const { purchasedCredits, grantedCredits, reinstatedCredits, adjustedCredits } = figures;
  const { consumedCredits, expiredCredits, revokedCredits } = figures;
  const came = purchasedCredits + grantedCredits + reinstatedCredits + adjustedCredits;
  return assertSafeInteger(came - consumedCredits - expiredCredits - revokedCredits, 'net credits');
}
