import type { Reply } from '../api/reply.ts';
import { StripeError } from '../api/stripeError.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { confirmSetup } from '../payments/setups.ts';
import { createCustomer } from '../resources/customers.ts';
import { isTestCardName } from '../testCards.ts';
import { page, readForm, redirectTo } from './pageReply.ts';
import { messagePage, setupPage } from './pages.ts';

type Session = Stripe.Checkout.Session;

/** Answers a request for the page of an open session in setup mode, on which a customer saves a card. */
export function handleSetupPage(account: LocalAccount, method: string, session: Session, body: string): Reply {
  if (method === 'GET' || method === 'HEAD') return page(200, setupPage(session));
  if (method !== 'POST') return page(405, messagePage('Not allowed', 'This page accepts only GET, HEAD and POST.'));
  const { outcome, card = 'pm_card_visa' } = readForm(body);
  if (outcome === 'cancel' && session.cancel_url) return redirectTo(withSessionId(session.cancel_url, session));
  if (outcome === 'decline') return save(account, session, 'pm_card_chargeDeclined');
  if (outcome !== 'save') {
    return page(400, setupPage(session, 'The form\'s field "outcome" must be one of save, decline, cancel.'));
  }
  if (typeof card !== 'string' || !isTestCardName(card)) {
    return page(400, setupPage(session, 'This test card does not exist.'));
  }
  return save(account, session, card);
}

/** Saves the card that the customer enters; a declined card leaves the session open. */
function save(account: LocalAccount, session: Session, card: string): Reply {
  const setup = account.setupIntents.get(idOf(session.setup_intent) ?? '');
  if (!setup.customer) {
    session.customer = createCustomer(account, {}).id;
    setup.customer = session.customer;
  }
  try {
    confirmSetup(account, setup, card);
  } catch (error) {
    if (error instanceof StripeError && error.type === 'card_error')
      return page(402, setupPage(session, error.message));
    throw error;
  }
  session.status = 'complete';
  session.url = null;
  account.emit('checkout.session.completed', session);
  return redirectTo(withSessionId(session.success_url ?? '', session));
}

function withSessionId(url: string, session: Session): string {
  return url.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}
