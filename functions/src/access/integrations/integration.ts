import type { IsoTime } from '@cloud-bridge/base';

/** What an integration's live deliveries came to, each counted once, when it ends. */
export interface IntegrationStatistics {
  readonly deliveredCount: number;
  readonly refusedCount: number;
  readonly failedCount: number;
  readonly spentCredits: number;
  /** The same by operation; none has a line before its first delivery. */
  readonly operations: Readonly<Record<string, { readonly count: number; readonly spentCredits: number }>>;
}

export const NO_STATISTICS: IntegrationStatistics = {
  deliveredCount: 0,
  refusedCount: 0,
  failedCount: 0,
  spentCredits: 0,
  operations: {},
};

/** A shop or site of the account's that spends credits, with keys of its own. */
export interface Integration {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  /** What kind of shop it is, such as `shopify`. */
  readonly platform: string;
  readonly statistics: IntegrationStatistics;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  /** A deleted one stays for the record of what it spent. */
  readonly deletedAt: IsoTime | null;
  readonly requestHash: string;
}

/** A delivery that has ended, as far as it counts for its integration. */
export interface CountedDelivery {
  readonly accountId: string;
  readonly integrationId: string | null;
  readonly operation: string;
  readonly status: string;
  readonly spentCredits: number;
}

/** By how much a delivery moves the statistics. */
export function differencesOf({ operation, status, spentCredits }: CountedDelivery): Record<string, number> {
  return {
    [`statistics.${status}Count`]: 1,
    'statistics.spentCredits': spentCredits,
    [`statistics.operations.${operation}.count`]: 1,
    [`statistics.operations.${operation}.spentCredits`]: spentCredits,
  };
}
