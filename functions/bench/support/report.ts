import type { Goal, Row } from './row.ts';
import type { Summary } from './statistics.ts';

const COLUMNS = ['figure', 'unit', 'ours', 'baseline', '', 'ratio', 'goal', 'met'];

/** Formats the table for people: medians over the rounds, with minimum and maximum in brackets. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [COLUMNS, ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '));
  return lines.join('\n');
}

function cellsOf({ figure, unit, ours, baseline, ratio, goal, met }: Row): string[] {
  return [
    figure,
    unit,
    formatSpread(ours),
    baseline ? formatSpread(baseline) : '',
    baseline?.name ?? '',
    ratio ? formatSpread(ratio) : '',
    goal ? formatGoal(goal) : '',
    met === null ? (goal ? 'skipped' : '') : met ? 'ok' : 'MISSED',
  ];
}

function formatSpread({ median, min, max }: Summary): string {
  return `${format(median)} (${format(min)}–${format(max)})`;
}

function formatGoal({ of, atLeast, atMost }: Goal): string {
  const by = of === 'ratio' ? ' ×' : '';
  if (atLeast !== undefined && atMost !== undefined) return `${atLeast} – ${atMost}${by}`;
  return atLeast === undefined ? `≤ ${atMost}${by}` : `≥ ${atLeast}${by}`;
}

/** Formats a number with three significant digits. */
function format(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
