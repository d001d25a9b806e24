import { type Summary, summarize } from './statistics.ts';

/** Goal of a figure: limits of its ratio to the baseline, or of the figure itself. */
export interface Goal {
  readonly of: 'ratio' | 'figure';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A line of the table. */
export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly ours: Summary;
  readonly baseline: (Summary & { readonly name: string }) | null;
  /** Our value divided by the baseline, round by round; null if the baseline is zero or missing. */
  readonly ratio: Summary | null;
  readonly goal: Goal | null;
  /** Whether the goal is met; null without a goal or without a baseline. */
  readonly met: boolean | null;
}

interface Measured {
  readonly figure: string;
  readonly unit: string;
  /** Our value of each round. */
  readonly ours: readonly number[];
  readonly baseline?: { readonly name: string; readonly values: readonly number[] } | undefined;
  readonly goal?: Goal;
}

/** Creates a line from the values of all rounds. */
export function toRow({ figure, unit, ours, baseline, goal }: Measured): Row {
  // A baseline of zero has no ratio.
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
