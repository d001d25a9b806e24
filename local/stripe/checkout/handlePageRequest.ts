import type { Reply } from '../api/reply.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import type { Payer } from '../resources/paymentMethods.ts';
import { isWorkingCardName, type WorkingCardName } from '../testCards.ts';
import { page, readForm, redirectTo } from './pageReply.ts';
import { authenticationPage, checkoutPage, messagePage } from './pages.ts';
import { findIntentOf } from './sessionData.ts';
import * as life from './sessionLife.ts';
import { handleSetupPage } from './setupPage.ts';
import { applyTax } from './tax.ts';

type Session = Stripe.Checkout.Session;

const DEFAULT_EMAIL = 'buyer@example.com';

/** The handler of each button, by the `outcome` that the button posts. */
const OUTCOMES: Readonly<
  Record<string, (account: LocalAccount, session: Session, payer: Payer, card: WorkingCardName) => Reply>
> = {
  pay: (account, session, payer, card) => {
    life.pay(account, session, payer, card);
    return toSuccess(session);
  },
  decline: (account, session, payer) => {
    life.payWithDeclinedCard(account, session, payer);
    return payPage(account, session, 402, lastErrorOf(account, session));
  },
  authenticate: (account, session, payer) => {
    life.beginAuthentication(account, session, payer);
    return page(200, authenticationPage(session));
  },
  complete: (account, session, payer) => {
    if (!life.passAuthentication(account, session, payer)) return nothingToAuthenticate(account, session);
    return toSuccess(session);
  },
  fail: (account, session) => {
    if (!life.failAuthentication(account, session)) return nothingToAuthenticate(account, session);
    return payPage(account, session, 402, lastErrorOf(account, session));
  },
  delayed: (account, session, payer) => {
    life.payDelayed(account, session, payer);
    return toSuccess(session);
  },
  cancel: (account, session) => {
    if (!session.cancel_url) return payPage(account, session, 400, 'This session has no cancel_url.');
    return redirectTo(session.cancel_url.replaceAll('{CHECKOUT_SESSION_ID}', session.id));
  },
};

/** Answers a request for `/c/pay/:sessionId`. */
export function handlePageRequest(account: LocalAccount, method: string, sessionId: string, body: string): Reply {
  const session = account.sessions.find(sessionId);
  if (!session) return page(404, messagePage('Page not found', 'No Checkout session has this address.'));
  if (session.status !== 'open') return closedPage(session);
  if (session.mode === 'setup') return handleSetupPage(account, method, session, body);
  if (method === 'GET' || method === 'HEAD') return payPage(account, session, 200);
  if (method !== 'POST') return page(405, messagePage('Not allowed', 'This page accepts only GET, HEAD and POST.'));
  return submit(account, session, body);
}

function submit(account: LocalAccount, session: Session, body: string): Reply {
  const form = readForm(body);
  const outcome = String(form.outcome ?? '');
  const run = Object.hasOwn(OUTCOMES, outcome) ? OUTCOMES[outcome] : undefined;
  if (!run) {
    const known = Object.keys(OUTCOMES).join(', ');
    return payPage(account, session, 400, `The form's field "outcome" must be one of ${known}.`);
  }
  if (session.amount_total === 0 && outcome !== 'pay' && outcome !== 'cancel') {
    return payPage(account, session, 400, 'No amount is due: complete the order.');
  }
  const card = String(form.card ?? 'pm_card_visa');
  if (!isWorkingCardName(card)) return payPage(account, session, 400, `The form's field "card" is no card that works.`);
  if (outcome !== 'cancel') applyTax(account, session);
  return run(account, session, payerOf(account, session, form), card);
}

function payerOf(account: LocalAccount, session: Session, form: Record<string, unknown>): Payer {
  const customer = account.customers.find(idOf(session.customer) ?? '');
  const typed = typeof form.email === 'string' && form.email.includes('@') ? form.email : undefined;
  return { email: knownEmail(account, session) ?? typed ?? DEFAULT_EMAIL, name: customer?.name ?? null };
}

function knownEmail(account: LocalAccount, session: Session): string | undefined {
  const customer = account.customers.find(idOf(session.customer) ?? '');
  return session.customer_email ?? customer?.email ?? undefined;
}

function payPage(account: LocalAccount, session: Session, status: number, error?: string): Reply {
  const known = knownEmail(account, session);
  const email = { email: known ?? DEFAULT_EMAIL, isEmailFixed: known !== undefined };
  const lines = account.lineItems.get(session.id) ?? [];
  return page(status, checkoutPage(session, lines, { ...email, ...(error && { error }) }));
}

function nothingToAuthenticate(account: LocalAccount, session: Session): Reply {
  return payPage(account, session, 409, 'This payment is not being authenticated.');
}

function lastErrorOf(account: LocalAccount, session: Session): string {
  const intent = findIntentOf(account, session);
  return intent?.last_payment_error?.message ?? 'Your card was declined.';
}

function closedPage(session: Session): Reply {
  if (session.status === 'expired') {
    const message = 'This Checkout session has expired. Nothing was charged; please start again.';
    return page(410, messagePage('Expired', message));
  }
  const href = session.success_url ? successUrl(session) : '';
  const link = href ? { href, text: 'Go on to the shop' } : undefined;
  if (session.mode === 'setup') return page(409, messagePage('Already saved', 'This session is complete.', link));
  return page(409, messagePage('Already paid', 'This Checkout session is complete. You were not charged again.', link));
}

function toSuccess(session: Session): Reply {
  return redirectTo(successUrl(session));
}

function successUrl(session: Session): string {
  return (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}
