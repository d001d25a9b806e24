import type { EventHandlers } from '../../sales/incoming/eventTable.ts';
import { handleEvent } from '../../sales/incoming/handleEvent.ts';
import type { HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import type { StripeNeeds } from './needs.ts';
import { type StripeEvent, type StripeSubject, subjectOf } from './stripeEvent.ts';
import {
  handleDecline,
  handleDirectPayment,
  handleInvoice,
  handlePage,
  handlePaidInvoice,
  handleReversal,
  handleSubscription,
} from './stripeHandlers.ts';

/** The handler of each type of Stripe's events that has an effect here. */
const HANDLERS = {
  'checkout.session.completed': handlePage,
  'checkout.session.async_payment_succeeded': handlePage,
  'checkout.session.async_payment_failed': handlePage,
  'checkout.session.expired': handlePage,
  'payment_intent.succeeded': handleDirectPayment,
  'payment_intent.processing': handleDirectPayment,
  'payment_intent.requires_action': handleDirectPayment,
  'payment_intent.payment_failed': handleDecline,
  'payment_intent.canceled': handleDirectPayment,
  'invoice.finalized': handleInvoice,
  'invoice.overdue': handleInvoice,
  'invoice.paid': handlePaidInvoice,
  'invoice.payment_failed': handleInvoice,
  'invoice.payment_action_required': handleInvoice,
  'invoice.voided': handleInvoice,
  'invoice.marked_uncollectible': handleInvoice,
  'customer.subscription.created': handleSubscription,
  'customer.subscription.updated': handleSubscription,
  'customer.subscription.deleted': handleSubscription,
  'charge.refunded': handleReversal('charge'),
  'refund.created': handleReversal('refund'),
  'refund.updated': handleReversal('refund'),
  'refund.failed': handleReversal('refund'),
  'charge.dispute.created': handleReversal('dispute'),
  'charge.dispute.updated': handleReversal('dispute'),
  'charge.dispute.closed': handleReversal('dispute'),
  'charge.dispute.funds_withdrawn': handleReversal('dispute'),
  'charge.dispute.funds_reinstated': handleReversal('dispute'),
} satisfies EventHandlers<StripeNeeds, StripeSubject>;

/**
 * The types of events that Stripe's webhook endpoint must send, and that the reconciliation lists. README lists them.
 */
export const HANDLED_EVENT_TYPES = Object.keys(HANDLERS) as (keyof typeof HANDLERS)[];

/**
 * Handles a verified event of Stripe's.
 * @throws what the event's handler throws, after the failure was stored
 */
export function handleStripeEvent(deps: StripeNeeds, event: StripeEvent): Promise<HandledEvent> {
  const marker = { provider: 'stripe', eventId: event.id, type: event.type } as const;
  return handleEvent(deps, HANDLERS, marker, subjectOf(event));
}
