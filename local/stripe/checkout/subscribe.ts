import { inTimeOf } from '../billing/customerTime.ts';
import { startSubscription } from '../billing/startSubscription.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { createCard } from '../resources/paymentMethods.ts';
import { testCards } from '../testCards.ts';
import { findIntentOf, subscriptionDataOf } from './sessionData.ts';

/** Starts the subscription of a completed session, with the payment that was made on the session's page. */
export function subscribe(account: LocalAccount, session: Stripe.Checkout.Session): void {
  const customer = account.customers.get(idOf(session.customer) ?? '');
  const intent = findIntentOf(account, session);
  if (intent) attachMethod(account, customer, intent);
  const data = subscriptionDataOf(session);
  const lines = account.lineItems.get(session.id) ?? [];
  const subscription = inTimeOf(account, customer.id, () =>
    startSubscription(
      account,
      {
        customer,
        items: lines.map(({ price, quantity }) => ({ price, quantity: quantity ?? 1, metadata: {} })),
        currency: session.currency ?? 'usd',
        defaultPaymentMethod: intent ? idOf(intent.payment_method) : saveCard(account, customer),
        description: data.description ?? null,
        metadata: mergeMetadata(null, data.metadata),
        cancelAtPeriodEnd: false,
        savesPaymentMethod: false,
        firstDiscount: session.total_details?.amount_discount ?? 0,
      },
      intent ? { behavior: 'made', intent } : { behavior: 'allow_incomplete', offSession: false },
    ),
  );
  session.subscription = subscription.id;
  session.invoice = idOf(subscription.latest_invoice);
}

/** Saves a card for renewals: the page asks for a card even when no amount is due at first. */
function saveCard(account: LocalAccount, customer: Stripe.Customer): string {
  const card = createCard(account, testCards.pm_card_visa, {
    email: customer.email ?? '',
    name: customer.name ?? null,
  });
  card.customer = customer.id;
  account.emit('payment_method.attached', card);
  return card.id;
}

/** Attaches the first payment's method to the customer, for renewals. */
function attachMethod(account: LocalAccount, customer: Stripe.Customer, intent: Stripe.PaymentIntent): void {
  const method = account.paymentMethods.get(idOf(intent.payment_method) ?? '');
  if (method.customer) return;
  const before = structuredClone(method);
  method.customer = customer.id;
  account.emit('payment_method.attached', method, previousAttributes(before, method));
}
