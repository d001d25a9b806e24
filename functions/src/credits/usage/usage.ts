import { assertSafeInteger, type IsoDay } from '@cloud-bridge/base';
import { type Counters, sumOf, type UsageDimension } from '@cloud-bridge/ledger';

/** What calls came to. */
export interface Usage {
  readonly succeededCalls: number;
  readonly failedCalls: number;
  readonly spentCredits: number;
}

/** What a report's rows may be told apart by, each also day by day. */
const GROUPINGS = ['operation', 'key', 'integration', 'outcome'] as const;
type Grouping = (typeof GROUPINGS)[number];
export const GROUP_BY = ['day', ...GROUPINGS, ...GROUPINGS.map((grouping) => `day,${grouping}` as const)] as const;
export type GroupBy = (typeof GROUP_BY)[number];

/** One row of a report: what it is about, and what that came to. */
export interface UsageRow extends Usage {
  readonly day?: IsoDay;
  readonly operation?: string;
  /** Null: without an API key, by the owner. */
  readonly apiKeyId?: string | null;
  /** Null: by no integration. */
  readonly integrationId?: string | null;
  readonly outcome?: 'succeeded' | 'failed';
}

/** The fields of a row that say what it is about, in the order of columns. */
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

/** The rows of a report. Day by day they come as the days do; otherwise after the last day. */
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

/** Usage by the names of one dimension. */
export function usageBy(counters: Counters, dimension: UsageDimension): Map<string, Usage> {
  const usages = new Map<string, Usage>();
  for (const [path, figure] of counters) {
    const [group, name = '', last = ''] = path.split('/');
    if (group === dimension) usages.set(name, { ...(usages.get(name) ?? NOTHING), [last]: figure });
  }
  return usages;
}

/** Usage by the names of a dimension; under null what has no name in it. */
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

/** What cost most comes first. */
export function inOrder<Name extends string | null>(usages: ReadonlyMap<Name, Usage>): [Name, Usage][] {
  return [...usages].sort(
    ([a, usageOfA], [b, usageOfB]) =>
      usageOfB.spentCredits - usageOfA.spentCredits ||
      callsOf(usageOfB) - callsOf(usageOfA) ||
      ((a ?? '') < (b ?? '') ? -1 : 1),
  );
}

/** All calls that have ended. */
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
