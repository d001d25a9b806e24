import { once } from '@cloud-bridge/base';
import { AuditStore, auditWallets, expireLapsedHoldsEverywhere, expireLapsedLots } from '@cloud-bridge/ledger';
import { onRequest } from 'firebase-functions/https';
import { setGlobalOptions } from 'firebase-functions/options';
import { sweepDeletions } from './access/accounts/sweepDeletions.ts';
import { sweepOwners } from './access/owners/sweepOwners.ts';
import { settleOpenDeliveries } from './credits/deliveries/settleOpenDeliveries.ts';
import { reportCredits as addToReport } from './credits/reports/reportCredits.ts';
import { createApp } from './main/app.ts';
import { createParts, type Parts } from './main/compose.ts';
import {
  API_SECRETS,
  CREEM_WEBHOOK_SECRETS,
  DELIVERY_SECRETS,
  DEPOSIT_SECRETS,
  PAYMENT_SECRETS,
  STRIPE_WEBHOOK_SECRETS,
} from './main/config.ts';
import { drainOnShutdown } from './main/shutdown.ts';
import { runAlerts } from './notices/alerts/runAlerts.ts';
import { sweepAlerts } from './notices/alerts/sweepAlerts.ts';
import { attemptDelivery } from './notices/webhooks/attemptDelivery.ts';
import { dispatchEvent } from './notices/webhooks/dispatchEvent.ts';
import { sweepLines } from './notices/webhooks/moveLine.ts';
import { sweepDeliveries } from './notices/webhooks/sweepDeliveries.ts';
import { sweepEvents } from './notices/webhooks/sweepEvents.ts';
import { deliveryIdOf } from './notices/webhooks/webhookTasks.ts';
import { REGION } from './platform/deployment.ts';
import { keepBodiesFromFramework } from './platform/http/rawBodies.ts';
import { replaceDomains } from './platform/http/requestScopes.ts';
import { guardFunctions } from './platform/maintenance/guardFunctions.ts';
import { createCreemWebhookApp } from './providers/creem/creemWebhookApp.ts';
import { reconcileCreemPayments } from './providers/creem/reconcileCreemPayments.ts';
import { retryCreemEvents } from './providers/creem/retryCreemEvents.ts';
import { retryFailedEvents } from './providers/incoming/retryFailedEvents.ts';
import { reconcileStripeEvents } from './providers/stripe/reconcileStripeEvents.ts';
import { createStripeWebhookApp } from './providers/stripe/stripeWebhookApp.ts';
import { runAutoTopUp } from './sales/autoTopUps/runAutoTopUp.ts';
import { sweepAutoTopUps } from './sales/autoTopUps/sweepAutoTopUps.ts';
import { scanDeposits } from './sales/deposits/scanDeposits.ts';
import { reconcileOrders } from './sales/reconciliation/reconcileOrders.ts';
import { reconcileSubscriptions } from './sales/reconciliation/reconcileSubscriptions.ts';

keepBodiesFromFramework(process.env.FUNCTION_TARGET);
if (process.env.FUNCTION_TARGET) replaceDomains();
setGlobalOptions({ region: REGION, memory: '512MiB', concurrency: 80, timeoutSeconds: 60 });

const deps = once(() => {
  const created = createParts();
  drainOnShutdown(created);
  return created;
});
const apiApp = once(() => createApp(deps()));
const stripeWebhookApp = once(() => createStripeWebhookApp(deps()));
const creemWebhookApp = once(() => createCreemWebhookApp(deps()));
/** Everything below that isn't called by HTTP is defined with these: so none of it runs during maintenance. */
const { onDocumentCreated, onDocumentWritten, onSchedule, onTaskDispatched } = guardFunctions(() => deps().maintenance);

// The app's own allow-list decides on CORS; without `cors: false` the emulator would let every origin pass.
const PUBLIC = { invoker: 'public', cors: false } as const;

/** The HTTP API. Its own authentication decides who may do what, so anybody may call it. */
export const api = onRequest({ ...PUBLIC, secrets: API_SECRETS }, (request, response) => {
  apiApp()(request, response);
});

/** Where Stripe sends its events; the signature is the credential. */
export const stripeWebhook = onRequest({ ...PUBLIC, secrets: STRIPE_WEBHOOK_SECRETS }, (request, response) => {
  stripeWebhookApp()(request, response);
});

/** Where Creem sends its events; the signature is the credential. */
export const creemWebhook = onRequest({ ...PUBLIC, secrets: CREEM_WEBHOOK_SECRETS }, (request, response) => {
  creemWebhookApp()(request, response);
});

/** Gives back what holds had set aside whose deadline has come. */
export const expireHolds = onSchedule('every 1 minutes', async () => {
  const expiredHolds = await expireLapsedHoldsEverywhere(deps());
  if (expiredHolds > 0) deps().logger.info('holds expired', { expiredHolds });
});

/** Finds out what became of deliveries whose outcome nobody heard of, and captures or releases what they hold. */
export const settleDeliveries = onSchedule(
  { schedule: 'every 1 minutes', timeoutSeconds: 300, secrets: DELIVERY_SECRETS },
  async () => {
    const movedDeliveries = await settleOpenDeliveries(deps());
    if (movedDeliveries > 0) deps().logger.info('open deliveries checked', { movedDeliveries });
  },
);

/** Posts the end of credits whose time has come; a lapsed credit pays for nothing even before. */
export const expireCredits = onSchedule('every 5 minutes', async () => {
  const expiredWallets = await expireLapsedLots(deps());
  if (expiredWallets > 0) deps().logger.info('credits expired', { expiredWallets });
});

/** Buys credits for an account that has asked for it, because a charge brought it below its threshold. */
export const topUpWhenAsked = onDocumentWritten(
  { document: 'autoTopUps/{accountId}', secrets: PAYMENT_SECRETS },
  async (event) => {
    const { before, after } = event.data ?? {};
    if (after?.exists && after.get('askedAt') !== before?.get('askedAt')) {
      await runAutoTopUp(deps(), event.params.accountId);
    }
  },
);

/** The same for accounts for which nobody asked, and for what a crash left open. */
export const sweepTopUps = onSchedule(
  { schedule: 'every 5 minutes', timeoutSeconds: 540, secrets: PAYMENT_SECRETS },
  async () => sweepAutoTopUps(deps()),
);

/** Puts what an account is to be told of on its way. */
export const dispatchEvents = onDocumentCreated({ document: 'accountEvents/{eventId}', retry: true }, async (event) =>
  dispatchEvent(deps(), event.params.eventId),
);

/** Makes one attempt at a webhook. Its own schedule makes the next; the queue repeats only what broke down. */
export const deliverWebhook = onTaskDispatched(
  { retryConfig: { maxAttempts: 5, minBackoffSeconds: 10 }, rateLimits: { maxConcurrentDispatches: 1000 } },
  async ({ data }) => attemptDelivery(deps(), deliveryIdOf(data)),
);

/** Puts events and webhooks on their way that a crash or a lost task left. */
export const sweepWebhooks = onSchedule({ schedule: 'every 5 minutes', timeoutSeconds: 540 }, async () => {
  const lateEvents = await sweepEvents(deps());
  const movedLines = await sweepLines(deps());
  const lateDeliveries = await sweepDeliveries(deps());
  if (lateEvents + movedLines + lateDeliveries > 0) {
    deps().logger.info('webhooks swept', { lateEvents, movedLines, lateDeliveries });
  }
});

/** Tells an account of credits that are about to lapse, because it has just asked to be told. */
export const alertWhenAsked = onDocumentWritten('alerts/{accountId}', async (event) => {
  const { before, after } = event.data ?? {};
  if (after?.exists && after.get('askedAt') !== before?.get('askedAt')) {
    await runAlerts(deps(), event.params.accountId);
  }
});

/** The same for all accounts, as time goes by. */
export const alertAccounts = onSchedule({ schedule: 'every 5 minutes', timeoutSeconds: 540 }, async () =>
  sweepAlerts(deps()),
);

/** Finishes deletions of accounts: what was made until every process had noticed, and what a crash left. */
export const finishDeletions = onSchedule(
  { schedule: 'every 5 minutes', timeoutSeconds: 540, secrets: API_SECRETS },
  async () => {
    const deletedAccounts = await sweepDeletions(deps());
    if (deletedAccounts > 0) deps().logger.info('accounts deleted', { deletedAccounts });
  },
);

/** Freezes accounts whose owner was disabled or deleted in Firebase Auth, and lifts that freeze again. */
export const freezeForOwners = onSchedule({ schedule: 'every 5 minutes', timeoutSeconds: 300 }, async () => {
  const { checkedLists, changedAccounts } = await sweepOwners(deps());
  if (changedAccounts > 0) deps().logger.info('owners checked', { checkedLists, changedAccounts });
});

/** Looks hourly for what no webhook told of. Each step has its own function, so that none waits for another. */
const reconciliation = (step: (deps: Parts) => Promise<number>, message: string) =>
  onSchedule({ schedule: 'every 60 minutes', timeoutSeconds: 540, secrets: PAYMENT_SECRETS }, async () => {
    const count = await step(deps());
    if (count > 0) deps().logger.info(message, { count });
  });

/** Handles events of Stripe that no webhook brought: payments, refunds, disputes, renewals and ends. */
export const reconcileStripe = reconciliation(reconcileStripeEvents, 'events reconciled');

/** Handles events of Creem that came and could not be handled then. */
export const reconcileCreem = reconciliation(retryCreemEvents, 'events of Creem reconciled');

/** Asks the providers about orders that are pending for long. */
export const reconcilePendingOrders = reconciliation(reconcileOrders, 'orders reconciled');

/** Asks the providers about subscriptions that are due for it. */
export const reconcileDueSubscriptions = reconciliation(reconcileSubscriptions, 'subscriptions reconciled');

/** Follows payments at Creem that no event told of. */
export const reconcilePaymentsAtCreem = reconciliation(reconcileCreemPayments, 'payments at Creem reconciled');

/** Handles events again that could not be handled, each once a day. */
export const retryEvents = reconciliation(retryFailedEvents, 'failed events retried');

/** Credits deposits of USDC that nobody claimed. */
export const scanUsdcDeposits = onSchedule(
  { schedule: 'every 5 minutes', timeoutSeconds: 540, secrets: DEPOSIT_SECRETS },
  async () => {
    const creditedDeposits = await scanDeposits(deps());
    if (creditedDeposits > 0) deps().logger.info('deposits credited', { creditedDeposits });
  },
);

/** How many wallets one run looks at; the next goes on from there. */
const AUDITED_WALLETS_PER_RUN = 2_000;

/** Rebuilds wallets from their ledgers and reports those that differ. */
export const auditLedger = onSchedule({ schedule: 'every 60 minutes', timeoutSeconds: 540 }, async () => {
  const { db, clock, logger } = deps();
  const result = await auditWallets({ store: new AuditStore(db), clock, logger }, 'scheduled', AUDITED_WALLETS_PER_RUN);
  logger.info('wallets audited', { ...result });
});

/** How many wallets one run looks at; the next goes on from there. */
const REPORTED_WALLETS_PER_RUN = 20_000;

/** Adds what was posted since the last time to the report of credits by month. */
export const reportCredits = onSchedule({ schedule: 'every 6 hours', timeoutSeconds: 540 }, async () => {
  const isComplete = await addToReport(deps(), REPORTED_WALLETS_PER_RUN);
  deps().logger.info('credits reported', { isComplete });
});
