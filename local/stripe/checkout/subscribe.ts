import { inTimeOf } from '../billing/customerTime.ts';
import { startSubscription } from '../billing/startSubscription.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../LocalAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { findIntentOf, subscriptionDataOf } from './sessionData.ts';

/** Starts the subscription that a completed session was for, with the payment that was made on its page. */
export function subscribe(account: LocalAccount, session: Stripe.Checkout.Session): void {
  const customer = account.customers.get(idOf(session.customer) ?? '');
  const intent = findIntentOf(account, session);
  if (!intent) return;
  attachMethod(account, customer, intent);
  const data = subscriptionDataOf(session);
  const lines = account.lineItems.get(session.id) ?? [];
  const subscription = inTimeOf(account, customer.id, () =>
    startSubscription(
      account,
      {
        customer,
        items: lines.map(({ price, quantity }) => ({ price, quantity: quantity ?? 1, metadata: {} })),
        currency: session.currency ?? 'usd',
        defaultPaymentMethod: idOf(intent.payment_method),
        description: data.description ?? null,
        metadata: mergeMetadata(null, data.metadata),
        cancelAtPeriodEnd: false,
        savesPaymentMethod: false,
      },
      { behavior: 'made', intent },
    ),
  );
  session.subscription = subscription.id;
  session.invoice = idOf(subscription.latest_invoice);
}

/** What a subscription was begun with stays with the customer, for renewals. */
function attachMethod(account: LocalAccount, customer: Stripe.Customer, intent: Stripe.PaymentIntent): void {
  const method = account.paymentMethods.get(idOf(intent.payment_method) ?? '');
  if (method.customer) return;
  const before = structuredClone(method);
  method.customer = customer.id;
  account.emit('payment_method.attached', method, previousAttributes(before, method));
}
