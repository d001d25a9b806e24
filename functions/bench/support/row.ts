import { type Summary, summarize } from './statistics.ts';

/** What a figure has to reach: bounds of its ratio to the baseline, or of the figure itself. */
export interface Goal {
  readonly of: 'ratio' | 'figure';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One line of the table. */
export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly ours: Summary;
  readonly baseline: (Summary & { readonly name: string }) | null;
  /** Ours divided by the baseline, round by round; null where the baseline is nothing. */
  readonly ratio: Summary | null;
  readonly goal: Goal | null;
  /** Null: there is no goal, or nothing to compare with. */
  readonly met: boolean | null;
}

interface Measured {
  readonly figure: string;
  readonly unit: string;
  /** A value for each round. */
  readonly ours: readonly number[];
  readonly baseline?: { readonly name: string; readonly values: readonly number[] } | undefined;
  readonly goal?: Goal;
}

/** Makes a line of what was measured in each round. */
export function toRow({ figure, unit, ours, baseline, goal }: Measured): Row {
  // Where the baseline is nothing, there is nothing to divide by.
  const ratios = baseline?.values.every((value) => value > 0)
    ? ours.map((value, round) => value / (baseline.values[round] ?? Number.NaN))
    : null;
  const ratio = ratios && summarize(ratios);
  const summary = summarize(ours);
  const judged = goal?.of === 'ratio' ? ratio : summary;
  return {
    figure,
    unit,
    ours: summary,
    baseline: baseline ? { name: baseline.name, ...summarize(baseline.values) } : null,
    ratio,
    goal: goal ?? null,
    met: goal && judged ? isMet(judged.median, goal) : null,
  };
}

function isMet(
  value: number,
  { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Goal,
): boolean {
  return value >= atLeast && value <= atMost;
}
