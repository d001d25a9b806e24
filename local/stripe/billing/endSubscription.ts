import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireSubscription } from '../localAccount.ts';

/** Ends a subscription now. Its unpaid invoices stay open, but are no longer collected automatically. */
export function endSubscription(
  account: LocalAccount,
  subscription: WireSubscription,
  reason: Stripe.Subscription.CancellationDetails.Reason,
): void {
  const now = account.clock.nowSeconds();
  subscription.status = 'canceled';
  subscription.ended_at = now;
  subscription.canceled_at ??= now;
  if (subscription.cancellation_details) subscription.cancellation_details.reason = reason;
  account.pendingLines.delete(subscription.id);
  for (const invoice of account.invoices.newestFirst()) {
    const isOurs = idOf(invoice.parent?.subscription_details?.subscription) === subscription.id;
    if (!isOurs || !['draft', 'open'].includes(invoice.status ?? '')) continue;
    Object.assign(invoice, { auto_advance: false, next_payment_attempt: null, automatically_finalizes_at: null });
  }
  account.emit('customer.subscription.deleted', subscription);
}
