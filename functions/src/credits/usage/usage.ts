/** Pure rules that group counters of calls into the rows of a usage report. */

import { assertSafeInteger, type IsoDay } from '@cloud-bridge/base';
import { type Counters, sumOf, type UsageDimension } from '@cloud-bridge/ledger';

/** Totals of a group of calls: counts and credits. */
export interface Usage {
  readonly succeededCalls: number;
  readonly failedCalls: number;
  readonly spentCredits: number;
}

/** The dimensions that rows can be grouped by, each also per day. */
const GROUPINGS = ['operation', 'key', 'integration', 'outcome'] as const;
type Grouping = (typeof GROUPINGS)[number];
export const GROUP_BY = ['day', ...GROUPINGS, ...GROUPINGS.map((grouping) => `day,${grouping}` as const)] as const;
export type GroupBy = (typeof GROUP_BY)[number];

/** One row of a report: its group and the totals. */
export interface UsageRow extends Usage {
  readonly day?: IsoDay;
  readonly operation?: string;
  /** Null for calls of the owner without an API key. */
  readonly apiKeyId?: string | null;
  /** Null for calls without an integration. */
  readonly integrationId?: string | null;
  readonly outcome?: 'succeeded' | 'failed';
}

/** Returns the fields that identify a row's group, in the order of columns. */
export function columnsOf(groupBy: GroupBy): readonly (keyof UsageRow)[] {
  return groupBy.split(',').map((part) => COLUMN_OF[part as Grouping | 'day']);
}

const COLUMN_OF = {
  day: 'day',
  operation: 'operation',
  key: 'apiKeyId',
  integration: 'integrationId',
  outcome: 'outcome',
} as const satisfies Record<Grouping | 'day', keyof UsageRow>;

/** Yields the rows of a report. Rows per day are yielded day by day, other rows after the last day. */
export async function* usageRows(
  days: AsyncIterable<{ day: IsoDay; counters: Counters }>,
  groupBy: GroupBy,
): AsyncGenerator<UsageRow> {
  const grouping = groupBy === 'day' ? null : (groupBy.replace('day,', '') as Grouping);
  let sum: Counters = new Map();
  for await (const { day, counters } of days) {
    if (groupBy.startsWith('day')) for (const row of rowsIn(counters, grouping)) yield { day, ...row };
    else sum = sumOf([sum, usageIn(counters)]);
  }
  if (!groupBy.startsWith('day')) yield* rowsIn(sum, grouping);
}

function usageIn(counters: Counters): Counters {
  return new Map([...counters].filter(([path]) => !path.startsWith('kinds/')));
}

function rowsIn(counters: Counters, grouping: Grouping | null): UsageRow[] {
  const total = sumUsage([...usageBy(counters, 'operations').values()]);
  if (isNothing(total)) return [];
  switch (grouping) {
    case null:
      return [total];
    case 'outcome':
      return [
        { outcome: 'succeeded' as const, ...total, failedCalls: 0 },
        { outcome: 'failed' as const, ...total, succeededCalls: 0, spentCredits: 0 },
      ].filter((row) => !isNothing(row));
    case 'operation':
      return inOrder(usageBy(counters, 'operations')).map(([operation, usage]) => ({ operation, ...usage }));
    case 'key':
      return withRest(counters, 'keys', total).map(([apiKeyId, usage]) => ({ apiKeyId, ...usage }));
    case 'integration':
      return withRest(counters, 'integrations', total).map(([integrationId, usage]) => ({ integrationId, ...usage }));
  }
}

/** Returns usage by the names of one dimension. */
export function usageBy(counters: Counters, dimension: UsageDimension): Map<string, Usage> {
  const usages = new Map<string, Usage>();
  for (const [path, figure] of counters) {
    const [group, name = '', last = ''] = path.split('/');
    if (group === dimension) usages.set(name, { ...(usages.get(name) ?? NOTHING), [last]: figure });
  }
  return usages;
}

/** Returns usage by name, such as by key. Null stands for calls without one. */
function withRest(counters: Counters, dimension: UsageDimension, total: Usage): [string | null, Usage][] {
  const named = usageBy(counters, dimension);
  const sum = sumUsage([...named.values()]);
  const rest = {
    succeededCalls: total.succeededCalls - sum.succeededCalls,
    failedCalls: total.failedCalls - sum.failedCalls,
    spentCredits: total.spentCredits - sum.spentCredits,
  };
  return inOrder(isNothing(rest) ? named : new Map<string | null, Usage>([...named, [null, rest]]));
}

/** Sorts rows by credits spent, then by calls, highest first. */
export function inOrder<Name extends string | null>(usages: ReadonlyMap<Name, Usage>): [Name, Usage][] {
  return [...usages].sort(
    ([a, usageOfA], [b, usageOfB]) =>
      usageOfB.spentCredits - usageOfA.spentCredits ||
      callsOf(usageOfB) - callsOf(usageOfA) ||
      ((a ?? '') < (b ?? '') ? -1 : 1),
  );
}

/** Returns the number of calls that have ended. */
export function callsOf({ succeededCalls, failedCalls }: Usage): number {
  return succeededCalls + failedCalls;
}

const NOTHING: Usage = { succeededCalls: 0, failedCalls: 0, spentCredits: 0 };

/** Adds up usage. */
export function sumUsage(usages: readonly Usage[]): Usage {
  return usages.reduce(
    (sum, usage) => ({
      succeededCalls: assertSafeInteger(sum.succeededCalls + usage.succeededCalls, 'succeededCalls'),
      failedCalls: assertSafeInteger(sum.failedCalls + usage.failedCalls, 'failedCalls'),
      spentCredits: assertSafeInteger(sum.spentCredits + usage.spentCredits, 'spentCredits'),
    }),
    NOTHING,
  );
}

function isNothing(usage: Usage): boolean {
  return callsOf(usage) === 0 && usage.spentCredits === 0;
}
