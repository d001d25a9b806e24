import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

type Params = Stripe.Checkout.SessionCreateParams;
type PaymentIntentData = Stripe.Checkout.SessionCreateParams.PaymentIntentData;
type SubscriptionData = Stripe.Checkout.SessionCreateParams.SubscriptionData;

// Data of sessions that Stripe doesn't show on the session object.

/** The parameters of each session, for the objects that the session will create. */
const paramsBySession = new WeakMap<Stripe.Checkout.Session, Params>();

/** Keeps the parameters that a session was created with. */
export function keepDataOf(session: Stripe.Checkout.Session, params: Params): void {
  paramsBySession.set(session, params);
}

/** Returns the parameters that a session was created with. */
export function paramsOf(session: Stripe.Checkout.Session): Params | undefined {
  return paramsBySession.get(session);
}

/** Returns the `payment_intent_data` that a session was created with. */
export function paymentIntentDataOf(session: Stripe.Checkout.Session): PaymentIntentData {
  return paramsBySession.get(session)?.payment_intent_data ?? {};
}

/** Returns the `subscription_data` that a session was created with. */
export function subscriptionDataOf(session: Stripe.Checkout.Session): SubscriptionData {
  return paramsBySession.get(session)?.subscription_data ?? {};
}

/** Ids of the payment intents of sessions in subscription mode. */
const hiddenIntents = new WeakMap<Stripe.Checkout.Session, string>();

/** Returns the payment intent of a session; undefined until somebody tries to pay. */
export function findIntentOf(
  account: LocalAccount,
  session: Stripe.Checkout.Session,
): Stripe.PaymentIntent | undefined {
  return account.paymentIntents.find(idOf(session.payment_intent) ?? hiddenIntents.get(session) ?? '');
}

/** Records the payment intent of a session. */
export function linkIntent(session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent): void {
  if (session.mode === 'subscription') hiddenIntents.set(session, intent.id);
  else session.payment_intent = intent.id;
}

/** Returns the session that a payment belongs to; undefined if the payment wasn't made through Checkout. */
export function findSessionOf(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
): Stripe.Checkout.Session | undefined {
  return account.sessions.newestFirst().find((session) => findIntentOf(account, session)?.id === intent.id);
}
