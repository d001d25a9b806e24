import { type Clock, cleanLogger, isoTime, type Logger, lazily, once } from '@cloud-bridge/base';
import { Ledger } from '@cloud-bridge/ledger';
import { type App, getApps, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import * as functionsLogger from 'firebase-functions/logger';
import { AccountStore } from '../access/accounts/accounts.store.ts';
import { firebaseUsers, type Users } from '../access/accounts/users.ts';
import { idTokenVerifier, type VerifyIdToken } from '../access/accounts/verifyIdToken.ts';
import { ApiKeyStore } from '../access/apiKeys/apiKeys.store.ts';
import { AuditLogStore } from '../access/auditLog/auditLog.store.ts';
import { findIntegration } from '../access/integrations/findIntegration.ts';
import { IntegrationStore } from '../access/integrations/integrations.store.ts';
import { OwnerCheckStore } from '../access/owners/ownerChecks.store.ts';
import { RateLimitStore } from '../access/requests/rateLimit.store.ts';
import { RateLimiter } from '../access/requests/rateLimiter.ts';
import { type CatalogReader, CatalogStore } from '../catalog/catalog.store.ts';
import { CatalogVersionStore } from '../catalog/catalogVersions.store.ts';
import { periodOfProduct } from '../catalog/planOffer.ts';
import { BatchStore } from '../credits/charges/batches.store.ts';
import { CheckInStore } from '../credits/checkin/checkIns.store.ts';
import { DeliveryStore } from '../credits/deliveries/deliveries.store.ts';
import { HttpUpstream } from '../credits/deliveries/upstream/httpUpstream.ts';
import type { DeliveryUpstream } from '../credits/deliveries/upstream/upstream.ts';
import { ReportStore } from '../credits/reports/reports.store.ts';
import { AlertStore } from '../notices/alerts/alerts.store.ts';
import { MailStore } from '../notices/alerts/mail.store.ts';
import { BalanceWatch } from '../notices/balanceWatch/balanceWatch.ts';
import { AccountEventStore } from '../notices/events/accountEvents.store.ts';
import { eventsOfEntry } from '../notices/events/eventsOfEntry.ts';
import { WebhookDeliveryStore } from '../notices/webhooks/deliveries.store.ts';
import { WebhookEndpointStore } from '../notices/webhooks/endpoints.store.ts';
import { WebhookLineStore } from '../notices/webhooks/lines.store.ts';
import { targetRulesOf } from '../notices/webhooks/targetAddress.ts';
import { WebhookSender } from '../notices/webhooks/webhookSender.ts';
import { CloudWebhookTasks, type WebhookTasks } from '../notices/webhooks/webhookTasks.ts';
import { DATABASE_ID } from '../platform/deployment.ts';
import { countOperations } from '../platform/firestoreOperations.ts';
import { guardWrites } from '../platform/maintenance/guardWrites.ts';
import { MaintenanceStore } from '../platform/maintenance/maintenance.store.ts';
import {
  fixedSwitch,
  type Maintenance,
  MaintenanceSwitch,
  NO_MAINTENANCE,
} from '../platform/maintenance/maintenanceSwitch.ts';
import { ScheduleStore } from '../platform/schedules/schedules.store.ts';
import { createCreem } from '../providers/creem/creem.ts';
import { CreemEventStore } from '../providers/creem/creemEvents.store.ts';
import { createStripe } from '../providers/stripe/stripe.ts';
import type { StripeClient } from '../providers/stripe/stripeClient.ts';
import { AutoTopUpStore } from '../sales/autoTopUps/autoTopUps.store.ts';
import { CouponStore } from '../sales/coupons/coupons.store.ts';
import type { DepositProvider } from '../sales/deposits/depositProvider.ts';
import { DepositStore } from '../sales/deposits/deposits.store.ts';
import { FailedEventStore } from '../sales/incoming/failedEvents.store.ts';
import { IncomingEventStore } from '../sales/incoming/incomingEvents.store.ts';
import { InvoicingStore } from '../sales/invoicing/invoicing.store.ts';
import { OpenCheckoutStore } from '../sales/orders/openCheckouts.store.ts';
import { OrderStore } from '../sales/orders/orders.store.ts';
import { USDC_CHAINS } from '../sales/payments/usdcChains.ts';
import { RefundStore } from '../sales/refunds/refunds.store.ts';
import { Seals } from '../sales/seals/seals.ts';
import { runningWalletOf } from '../sales/subscriptions/changeSubscription.ts';
import { SubscriptionStore } from '../sales/subscriptions/subscriptions.store.ts';
import {
  type Config,
  readConfig,
  readCreemApiKey,
  readCreemWebhookSecrets,
  readDeliveryUpstreamSecrets,
  readDeploymentKeys,
  readMaintenance,
  readStripeSecretKey,
  readStripeWebhookSecrets,
  readUsdcRpcUrl,
} from './config.ts';
import { keepersOf } from './keepers.ts';

/** The environment of a process, from which all parts are made. Without `maintenance`, maintenance is never on. */
export interface Surroundings {
  readonly clock: Clock;
  readonly config: Config;
  readonly creemApiKey: () => string;
  readonly creemWebhookSecrets: () => readonly string[];
  readonly db: Firestore;
  readonly deploymentKeys: () => readonly string[];
  readonly logger: Logger;
  readonly maintenance?: Maintenance;
  readonly stripe: () => Promise<StripeClient>;
  readonly stripeWebhookSecrets: () => readonly string[];
  readonly usdcRpcUrl: () => string | null;
  readonly users: Users;
  readonly verifyIdToken: VerifyIdToken;
  readonly webhookTasks: WebhookTasks;
}

/** All parts of a process. Every room declares the parts that it needs in its `needs.ts`. */
export type Parts = ReturnType<typeof compose>;

/** Creates the parts of a deployed process; called once per process, on its first request. */
export function createParts(): Parts {
  const app = getApps()[0] ?? initializeApp();
  const config = readConfig();
  const logger = cleanLogger(functionsLogger);
  const clock: Clock = () => isoTime(Date.now());
  const maintenance = createMaintenance(app, logger);
  return compose({
    config,
    db: guardWrites(countOperations(getFirestore(app, DATABASE_ID)), maintenance, clock),
    clock,
    logger,
    maintenance,
    users: firebaseUsers(getAuth(app)),
    verifyIdToken: idTokenVerifier(getAuth(app), logger),
    stripe: once(async () => {
      const { createStripeClient } = await import('../providers/stripe/stripeClient.ts');
      return createStripeClient(readStripeSecretKey(), config.stripeApiBaseUrl);
    }),
    creemApiKey: readCreemApiKey,
    usdcRpcUrl: readUsdcRpcUrl,
    creemWebhookSecrets: readCreemWebhookSecrets,
    deploymentKeys: readDeploymentKeys,
    stripeWebhookSecrets: readStripeWebhookSecrets,
    webhookTasks: new CloudWebhookTasks(app),
  });
}

function createMaintenance(app: App, logger: Logger): Maintenance {
  const { databaseId, isOn } = readMaintenance();
  if (isOn || databaseId === null) return new MaintenanceSwitch(fixedSwitch(isOn), logger);
  return new MaintenanceSwitch(new MaintenanceStore(getFirestore(app, databaseId)), logger);
}

/** Creates the parts for an environment. */
export function compose(surroundings: Surroundings) {
  const { config, db, clock, logger } = surroundings;
  const autoTopUps = new AutoTopUpStore(db);
  const catalog: CatalogReader = new CatalogStore(db, config.catalogName, logger);
  const stripe = createStripe(surroundings.stripe, { tax: config.stripeTax, logger });
  const creem = createCreem({
    baseUrl: config.creemApiBaseUrl,
    apiKey: surroundings.creemApiKey,
    clock,
    periodOf: async (productId) => periodOfProduct(await catalog.current(), 'creem', productId),
  });
  const parts = {
    maintenance: NO_MAINTENANCE,
    ...surroundings,
    accountEvents: new AccountEventStore(db),
    accounts: new AccountStore(db),
    alerts: new AlertStore(db),
    apiKeys: new ApiKeyStore(db),
    auditLog: new AuditLogStore(db),
    autoTopUps,
    batches: new BatchStore(db),
    catalog,
    catalogVersions: new CatalogVersionStore(db, config.catalogName),
    checkIns: new CheckInStore(db),
    coupons: new CouponStore(db),
    creemEvents: new CreemEventStore(db),
    creemPayments: creem.payments,
    deliveries: new DeliveryStore(db),
    deposits: new DepositStore(db),
    failedEvents: new FailedEventStore(db),
    incomingEvents: new IncomingEventStore(db),
    integrations: new IntegrationStore(db),
    invoicing: new InvoicingStore(db),
    lowBalances: new BalanceWatch(autoTopUps, clock, logger),
    mail: new MailStore(db),
    openCheckouts: new OpenCheckoutStore(db),
    orders: new OrderStore(db),
    ownerChecks: new OwnerCheckStore(db),
    providers: { stripe: stripe.provider, creem: creem.provider },
    rateLimiter: new RateLimiter(new RateLimitStore(db), clock),
    refunds: new RefundStore(db),
    reports: new ReportStore(db),
    schedules: new ScheduleStore(db),
    seals: new Seals(config.deploymentId, surroundings.deploymentKeys),
    stripeObjects: stripe.objects,
    subscriptions: new SubscriptionStore(db),
    upstream: upstreamOf(config),
    usdc: config.usdc === null ? null : usdcDeposits(config.usdc, surroundings.usdcRpcUrl),
    wallets: new Ledger(db, { alsoCreate: eventsOfEntry }),
    webhookDeliveries: new WebhookDeliveryStore(db),
    webhookEndpoints: new WebhookEndpointStore(db),
    webhookLines: new WebhookLineStore(db),
    webhookSender: new WebhookSender(targetRulesOf(config)),
    requireIntegration: async (accountId: string, integrationId: string) => {
      await findIntegration(parts, accountId, integrationId);
    },
    requireRunningWallet: (accountId: string, subscriptionId: string) =>
      runningWalletOf(parts, accountId, subscriptionId),
  };
  return { ...parts, keepers: keepersOf(parts) };
}

/** Returns the client of the delivery service; null if none is configured. */
function upstreamOf({ deliveryUpstreamUrl }: Config): DeliveryUpstream | null {
  return deliveryUpstreamUrl === null ? null : new HttpUpstream(deliveryUpstreamUrl, readDeliveryUpstreamSecrets);
}

/** Loads code for the chain on first use, because most requests don't need it. */
function usdcDeposits(
  { chain: name, depositXpub }: NonNullable<Config['usdc']>,
  rpcUrl: Surroundings['usdcRpcUrl'],
): DepositProvider {
  return lazily<DepositProvider>(async () => {
    const { ViemDeposits } = await import('../providers/usdc/viemDeposits.ts');
    const chain = USDC_CHAINS[name];
    return new ViemDeposits(chain, rpcUrl() ?? chain.publicRpcUrl, depositXpub);
  });
}
