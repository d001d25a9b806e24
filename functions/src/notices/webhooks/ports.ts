import type { UnitOfWork } from '@cloud-bridge/base';

/** Counts the endpoints that an account has made, in the commit that makes one. */
export interface EndpointCounts {
  findIn(unit: UnitOfWork, accountId: string): Promise<{ readonly webhooksMade?: number } | null>;
  changeIn(unit: UnitOfWork, accountId: string, change: { readonly webhooksMade: number }): void;
}

/** Takes one of an account's sends out of the present minute. */
export interface SendLimiter {
  take(subject: string, limit: number): Promise<{ readonly admitted: boolean }>;
}
