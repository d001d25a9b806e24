import type { Reply } from '../api/reply.ts';
import { StripeError } from '../api/stripeError.ts';
import { changeSubscription } from '../billing/changeSubscription.ts';
import { inTimeOf } from '../billing/customerTime.ts';
import { endSubscription } from '../billing/endSubscription.ts';
import { page, readForm, redirectTo } from '../checkout/pageReply.ts';
import { messagePage, portalPage } from '../checkout/pages.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireSubscription } from '../localAccount.ts';
import { updateCustomer } from '../resources/customers.ts';
import { attach, detach, savedMethods } from '../resources/paymentMethods.ts';
import { isTestCardName } from '../testCards.ts';

type PortalSession = Stripe.BillingPortal.Session;

/** Lifetime of a portal session, in seconds. */
const LIFETIME_SECONDS = 60 * 60;

/** Answers a request for the portal page, `/p/session/:secret`. */
export function handlePortalRequest(account: LocalAccount, method: string, secret: string, body: string): Reply {
  const session = account.portalSessions.newestFirst().find(({ url }) => url.endsWith(`/${secret}`));
  if (!session) return page(404, messagePage('Page not found', 'No portal session has this address.'));
  if (account.clock.nowSeconds() >= session.created + LIFETIME_SECONDS) {
    return page(410, messagePage('Expired', 'This portal session has expired; please start again.'));
  }
  if (method === 'GET' || method === 'HEAD') return portal(account, session, 200);
  if (method !== 'POST') return page(405, messagePage('Not allowed', 'This page accepts only GET, HEAD and POST.'));
  return submit(account, session, readForm(body));
}

function submit(account: LocalAccount, session: PortalSession, form: Record<string, unknown>): Reply {
  const id = String(form.method ?? '');
  const isOwn = idOf(account.paymentMethods.find(id)?.customer ?? null) === session.customer;
  if (form.outcome === 'return' && session.return_url) return redirectTo(session.return_url);
  const { features } = account.portalConfigurations.get(idOf(session.configuration) ?? '');
  const change = SUBSCRIPTION_OUTCOMES[String(form.outcome)];
  if (change) return changeSubscriptionOf(account, session, form, change);
  if (!features.payment_method_update.enabled) {
    return portal(account, session, 400, 'This portal does not allow changes of cards.');
  }
  if (form.outcome === 'add') return add(account, session, String(form.card ?? 'pm_card_visa'));
  if (form.outcome === 'remove' && isOwn) detach(account, id);
  else if (form.outcome === 'default' && isOwn) {
    updateCustomer(account, session.customer, { invoice_settings: { default_payment_method: id } });
  } else return portal(account, session, 400, 'The form needs a known outcome and a card of this customer.');
  return portal(account, session, 200);
}

type SubscriptionOutcome = (
  account: LocalAccount,
  subscription: WireSubscription,
  features: Stripe.BillingPortal.Configuration.Features,
  form: Record<string, unknown>,
) => string | null;

/** The changes of a subscription by `outcome`; each returns an error message, or null when the change is made. */
const SUBSCRIPTION_OUTCOMES: Readonly<Record<string, SubscriptionOutcome | undefined>> = {
  cancelSubscription(account, subscription, { subscription_cancel: { enabled, mode } }) {
    if (!enabled) return 'This portal does not allow cancellations.';
    if (mode === 'immediately') endSubscription(account, subscription, 'cancellation_requested');
    else changeSubscription(account, subscription, { cancel_at_period_end: true });
    return null;
  },
  switchPlan(account, subscription, { subscription_update: { enabled, products, proration_behavior } }, { price }) {
    const isOffered = products?.some(({ prices }) => prices.includes(String(price)));
    if (!enabled || !isOffered) return 'This portal does not allow a switch to this plan.';
    const items = [{ id: subscription.items.data[0]?.id ?? '', price: String(price) }];
    changeSubscription(account, subscription, { items, proration_behavior });
    return null;
  },
};

function changeSubscriptionOf(
  account: LocalAccount,
  session: PortalSession,
  form: Record<string, unknown>,
  change: SubscriptionOutcome,
): Reply {
  const { features } = account.portalConfigurations.get(idOf(session.configuration) ?? '');
  const subscription = account.subscriptions.find(String(form.subscription ?? ''));
  if (!subscription || idOf(subscription.customer) !== session.customer || subscription.ended_at !== null) {
    return portal(account, session, 400, 'This subscription does not exist.');
  }
  let problem: string | null = null;
  inTimeOf(account, session.customer, () => {
    problem = change(account, subscription, features, form);
  });
  return problem === null ? portal(account, session, 200) : portal(account, session, 400, problem);
}

function add(account: LocalAccount, session: PortalSession, card: string): Reply {
  if (!isTestCardName(card)) return portal(account, session, 400, 'This test card does not exist.');
  try {
    attach(account, card, session.customer);
  } catch (error) {
    if (error instanceof StripeError && error.type === 'card_error')
      return portal(account, session, 402, error.message);
    throw error;
  }
  return portal(account, session, 200);
}

function portal(account: LocalAccount, session: PortalSession, status: number, error?: string): Reply {
  const customer = account.customers.get(session.customer);
  const methods = savedMethods(account, customer.id, undefined);
  return page(status, portalPage(session, customer, methods, error));
}
