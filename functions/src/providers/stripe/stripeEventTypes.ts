/** Events of a page on which somebody pays. */
const CHECKOUT_TYPES = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
] as const;

/** Events of a payment, of which one with a saved method has no page. */
const PAYMENT_TYPES = [
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
] as const;

/** Events of an invoice: one that we sent, one of a page's payment, or one of a subscription. */
const INVOICE_TYPES = [
  'invoice.finalized',
  'invoice.overdue',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.voided',
  'invoice.marked_uncollectible',
] as const;

const SUBSCRIPTION_TYPES = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
] as const;

/** Events that tell of money going back, or coming back after all. */
const CHARGE_TYPES = ['charge.refunded'] as const;
const REFUND_TYPES = ['refund.created', 'refund.updated', 'refund.failed'] as const;
const DISPUTE_TYPES = [
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
] as const;

/** What kind of object the events of each type are about. */
const TYPES_OF = {
  checkout: CHECKOUT_TYPES,
  payment: PAYMENT_TYPES,
  invoice: INVOICE_TYPES,
  subscription: SUBSCRIPTION_TYPES,
  charge: CHARGE_TYPES,
  refund: REFUND_TYPES,
  dispute: DISPUTE_TYPES,
} as const;

/** What an event may be about. */
export type StripeObjectKind = keyof typeof TYPES_OF;

/**
 * The types of events that have an effect here: what the webhook endpoint has to be given, and what is asked for when
 * none came.
 */
export const HANDLED_EVENT_TYPES = Object.values(TYPES_OF).flat();

/** What an event of a type is about; null for a type that has no effect here. Pure. */
export function kindOf(type: string): StripeObjectKind | null {
  const kinds = Object.keys(TYPES_OF) as StripeObjectKind[];
  return kinds.find((kind) => (TYPES_OF[kind] as readonly string[]).includes(type)) ?? null;
}
