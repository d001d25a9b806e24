/**
 * `pending` until the first payment is there, `active` or `past_due` (the renewal could not be charged yet) while it
 * runs, `canceled` once it has ended; `failed` if it never began.
 */
export const SUBSCRIPTION_STATUSES = ['pending', 'active', 'past_due', 'canceled', 'failed'] as const;

export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];
