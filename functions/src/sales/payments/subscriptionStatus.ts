/**
 * `pending` until the first payment arrives; `active` or `past_due` (the renewal could not be charged yet) while the
 * subscription runs; `canceled` once it has ended; `failed` if it never started.
 */
export const SUBSCRIPTION_STATUSES = ['pending', 'active', 'past_due', 'canceled', 'failed'] as const;

export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];
