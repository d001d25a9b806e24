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
/** All triggers, schedules and tasks below are defined with these functions, so that none runs during maintenance. */
const { onDocumentCreated, onDocumentWritten, onSchedule, onTaskDispatched } = guardFunctions(() => deps().maintenance);

// The app's own list of origins decides about CORS; without `cors: false` the emulator would accept every origin.
const PUBLIC = { invoker: 'public', cors: false } as const;

/** The HTTP API. The function is public, because the API authenticates and authorizes its callers. */
export const api = onRequest({ ...PUBLIC, secrets: API_SECRETS }, (request, response) => {
  apiApp()(request, response);
});

/** Receives Stripe's events, which authenticate themselves by their signature. */
export const stripeWebhook = onRequest({ ...PUBLIC, secrets: STRIPE_WEBHOOK_SECRETS }, (request, response) => {
  stripeWebhookApp()(request, response);
});

/** Receives Creem's events, which authenticate themselves by their signature. */
export const creemWebhook = onRequest({ ...PUBLIC, secrets: CREEM_WEBHOOK_SECRETS }, (request, response) => {
  creemWebhookApp()(request, response);
});

/** Releases the credits of holds whose deadline has passed. */
export const expireHolds = onSchedule('every 1 minutes', async () => {
  const expiredHolds = await expireLapsedHoldsEverywhere(deps());
  if (expiredHolds > 0) deps().logger.info('holds expired', { expiredHolds });
});

/** Asks the delivery service about deliveries with an unknown outcome, and captures or releases their holds. */
export const settleDeliveries = onSchedule(
  { schedule: 'every 1 minutes', timeoutSeconds: 300, secrets: DELIVERY_SECRETS },
  async () => {
    const movedDeliveries = await settleOpenDeliveries(deps());
    if (movedDeliveries > 0) deps().logger.info('open deliveries checked', { movedDeliveries });
  },
);

/** Posts the expiry of credits whose time has come. Expired credits can't be spent even before this runs. */
export const expireCredits = onSchedule('every 5 minutes', async () => {
  const expiredWallets = await expireLapsedLots(deps());
  if (expiredWallets > 0) deps().logger.info('credits expired', { expiredWallets });
});

/** Buys credits for an account when a charge has brought its balance below the threshold of its automatic top-up. */
export const topUpWhenAsked = onDocumentWritten(
  { document: 'autoTopUps/{accountId}', secrets: PAYMENT_SECRETS },
  async (event) => {
    const { before, after } = event.data ?? {};
    if (after?.exists && after.get('askedAt') !== before?.get('askedAt')) {
      await runAutoTopUp(deps(), event.params.accountId);
    }
  },
);

/** Runs automatic top-ups of accounts whose trigger was lost, and finishes top-ups that a crash interrupted. */
export const sweepTopUps = onSchedule(
  { schedule: 'every 5 minutes', timeoutSeconds: 540, secrets: PAYMENT_SECRETS },
  async () => sweepAutoTopUps(deps()),
);

/** Sends an account's event to its webhooks and as email. */
export const dispatchEvents = onDocumentCreated({ document: 'accountEvents/{eventId}', retry: true }, async (event) =>
  dispatchEvent(deps(), event.params.eventId),
);

/** Makes one attempt to deliver a webhook. A failed attempt schedules the next; the queue repeats crashes only. */
export const deliverWebhook = onTaskDispatched(
  { retryConfig: { maxAttempts: 5, minBackoffSeconds: 10 }, rateLimits: { maxConcurrentDispatches: 1000 } },
  async ({ data }) => attemptDelivery(deps(), deliveryIdOf(data)),
);

/** Sends events and webhooks that a crash or a lost task left unsent. */
export const sweepWebhooks = onSchedule({ schedule: 'every 5 minutes', timeoutSeconds: 540 }, async () => {
  const lateEvents = await sweepEvents(deps());
  const movedLines = await sweepLines(deps());
  const lateDeliveries = await sweepDeliveries(deps());
  if (lateEvents + movedLines + lateDeliveries > 0) {
    deps().logger.info('webhooks swept', { lateEvents, movedLines, lateDeliveries });
  }
});

/** Checks an account's alert about expiring credits right after its owner has changed the rule. */
export const alertWhenAsked = onDocumentWritten('alerts/{accountId}', async (event) => {
  const { before, after } = event.data ?? {};
  if (after?.exists && after.get('askedAt') !== before?.get('askedAt')) {
    await runAlerts(deps(), event.params.accountId);
  }
});

/** Sends due alerts about expiring credits to all accounts. */
export const alertAccounts = onSchedule({ schedule: 'every 5 minutes', timeoutSeconds: 540 }, async () =>
  sweepAlerts(deps()),
);

/** Finishes deletions of accounts: erases data created until every process had noticed, or left by a crash. */
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

/** Defines an hourly step of the reconciliation with the providers, as a function that doesn't delay other steps. */
const reconciliation = (step: (deps: Parts) => Promise<number>, message: string) =>
  onSchedule({ schedule: 'every 60 minutes', timeoutSeconds: 540, secrets: PAYMENT_SECRETS }, async () => {
    const count = await step(deps());
    if (count > 0) deps().logger.info(message, { count });
  });

/** Handles Stripe's events that no webhook delivered: payments, refunds, disputes, renewals and cancellations. */
export const reconcileStripe = reconciliation(reconcileStripeEvents, 'events reconciled');

/** Retries Creem's events that were received but could not be handled. */
export const reconcileCreem = reconciliation(retryCreemEvents, 'events of Creem reconciled');

/** Asks the providers about orders that have been pending for long. */
export const reconcilePendingOrders = reconciliation(reconcileOrders, 'orders reconciled');

/** Asks the providers about subscriptions that are due for a check. */
export const reconcileDueSubscriptions = reconciliation(reconcileSubscriptions, 'subscriptions reconciled');

/** Handles payments at Creem that no event reported. */
export const reconcilePaymentsAtCreem = reconciliation(reconcileCreemPayments, 'payments at Creem reconciled');

/** Retries failed events, each once a day. */
export const retryEvents = reconciliation(retryFailedEvents, 'failed events retried');

/** Credits USDC deposits that nobody claimed. */
export const scanUsdcDeposits = onSchedule(
  { schedule: 'every 5 minutes', timeoutSeconds: 540, secrets: DEPOSIT_SECRETS },
  async () => {
    const creditedDeposits = await scanDeposits(deps());
    if (creditedDeposits > 0) deps().logger.info('deposits credited', { creditedDeposits });
  },
);

/** Wallets that one run audits; the next run continues with the following wallets. */
const AUDITED_WALLETS_PER_RUN = 2_000;

/** Rebuilds wallets from their ledgers and reports wallets that differ. */
export const auditLedger = onSchedule({ schedule: 'every 60 minutes', timeoutSeconds: 540 }, async () => {
  const { db, clock, logger } = deps();
  const result = await auditWallets({ store: new AuditStore(db), clock, logger }, 'scheduled', AUDITED_WALLETS_PER_RUN);
  logger.info('wallets audited', { ...result });
});

/** Wallets that one run reports; the next run continues with the following wallets. */
const REPORTED_WALLETS_PER_RUN = 20_000;

/** Adds the entries posted since the last run to the report of credits by month. */
export const reportCredits = onSchedule({ schedule: 'every 6 hours', timeoutSeconds: 540 }, async () => {
  const isComplete = await addToReport(deps(), REPORTED_WALLETS_PER_RUN);
  deps().logger.info('credits reported', { isComplete });
});
