import type { UnitOfWork } from '@cloud-bridge/base';

/** Counts the endpoints that an account has created, in the commit that creates an endpoint. */
export interface EndpointCounts {
  findIn(unit: UnitOfWork, accountId: string): Promise<{ readonly webhooksMade?: number } | null>;
  changeIn(unit: UnitOfWork, accountId: string, change: { readonly webhooksMade: number }): void;
}

/** Takes one request out of a subject's limit for the present minute. */
export interface SendLimiter {
  take(subject: string, limit: number): Promise<{ readonly admitted: boolean }>;
}
