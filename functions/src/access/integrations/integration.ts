import type { IsoTime } from '@cloud-bridge/base';

/** Totals of an integration's deliveries with live keys. Each delivery is counted once, when it ends. */
export interface IntegrationStatistics {
  readonly deliveredCount: number;
  readonly refusedCount: number;
  readonly failedCount: number;
  readonly spentCredits: number;
  /** Totals by operation; an operation is missing before its first delivery. */
  readonly operations: Readonly<Record<string, { readonly count: number; readonly spentCredits: number }>>;
}

export const NO_STATISTICS: IntegrationStatistics = {
  deliveredCount: 0,
  refusedCount: 0,
  failedCount: 0,
  spentCredits: 0,
  operations: {},
};

/** An account's shop or site that spends credits with its own API keys. */
export interface Integration {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  /** The kind of shop, such as `shopify`. */
  readonly platform: string;
  readonly statistics: IntegrationStatistics;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  /** When the integration was deleted; null if it wasn't. The document stays as the record of its spending. */
  readonly deletedAt: IsoTime | null;
  readonly requestHash: string;
}

/** The fields of an ended delivery that its integration's statistics count. */
export interface CountedDelivery {
  readonly accountId: string;
  readonly integrationId: string | null;
  readonly operation: string;
  readonly status: string;
  readonly spentCredits: number;
}

/** Returns the amounts that a delivery adds to the statistics, by field path. */
export function differencesOf({ operation, status, spentCredits }: CountedDelivery): Record<string, number> {
  return {
    [`statistics.${status}Count`]: 1,
    'statistics.spentCredits': spentCredits,
    [`statistics.operations.${operation}.count`]: 1,
    [`statistics.operations.${operation}.spentCredits`]: spentCredits,
  };
}
