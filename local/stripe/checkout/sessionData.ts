import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

type Params = Stripe.Checkout.SessionCreateParams;
type PaymentIntentData = Stripe.Checkout.SessionCreateParams.PaymentIntentData;
type SubscriptionData = Stripe.Checkout.SessionCreateParams.SubscriptionData;

/** What a session needs to know for what it will make; Stripe does not show it on the session. */
const paramsBySession = new WeakMap<Stripe.Checkout.Session, Params>();

/** Keeps what a session was created with. */
export function keepDataOf(session: Stripe.Checkout.Session, params: Params): void {
  paramsBySession.set(session, params);
}

/** What a session was created with. */
export function paramsOf(session: Stripe.Checkout.Session): Params | undefined {
  return paramsBySession.get(session);
}

/** The `payment_intent_data` that a session was created with. */
export function paymentIntentDataOf(session: Stripe.Checkout.Session): PaymentIntentData {
  return paramsBySession.get(session)?.payment_intent_data ?? {};
}

/** The `subscription_data` that a session was created with. */
export function subscriptionDataOf(session: Stripe.Checkout.Session): SubscriptionData {
  return paramsBySession.get(session)?.subscription_data ?? {};
}

/** Payments of sessions in subscription mode, which Stripe does not show on the session. */
const hiddenIntents = new WeakMap<Stripe.Checkout.Session, string>();

/** The payment that somebody has begun to make for a session, if any. */
export function findIntentOf(
  account: LocalAccount,
  session: Stripe.Checkout.Session,
): Stripe.PaymentIntent | undefined {
  return account.paymentIntents.find(idOf(session.payment_intent) ?? hiddenIntents.get(session) ?? '');
}

/** Notes which payment is being made for a session. */
export function linkIntent(session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent): void {
  if (session.mode === 'subscription') hiddenIntents.set(session, intent.id);
  else session.payment_intent = intent.id;
}

/** The session that a payment belongs to, if it was made through Checkout. */
export function findSessionOf(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
): Stripe.Checkout.Session | undefined {
  return account.sessions.newestFirst().find((session) => findIntentOf(account, session)?.id === intent.id);
}
