import { getApps, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import * as functionsLogger from 'firebase-functions/logger';
import type Stripe from 'stripe';
import { AccountStore } from './accounts/accounts.store.ts';
import { idTokenVerifier, type VerifyIdToken } from './accounts/verifyIdToken.ts';
import { ApiKeyStore } from './apiKeys/apiKeys.store.ts';
import { type CatalogReader, CatalogStore } from './catalog/catalog.store.ts';
import { BatchStore } from './charges/batches.store.ts';
import { type Config, readConfig, readStripeSecretKey, readStripeWebhookSecrets } from './config.ts';
import { RateLimitStore } from './http/rateLimit.store.ts';
import { RateLimiter } from './http/rateLimit.ts';
import { OrderStore } from './orders/orders.store.ts';
import type { PaymentProvider } from './payments/provider.ts';
import { lazily } from './shared/lazily.ts';
import type { Logger } from './shared/logger.ts';
import { once } from './shared/once.ts';
import { type Clock, isoTime } from './shared/time.ts';
import { Wallets } from './wallets/wallets.ts';
import { IncomingEventStore } from './webhooks/incoming/incomingEvents.store.ts';

/** Everything that use cases need of the world. */
export interface Deps {
  readonly config: Config;
  readonly db: Firestore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly verifyIdToken: VerifyIdToken;
  readonly accounts: AccountStore;
  readonly apiKeys: ApiKeyStore;
  readonly batches: BatchStore;
  readonly catalog: CatalogReader;
  readonly incomingEvents: IncomingEventStore;
  readonly orders: OrderStore;
  readonly payments: PaymentProvider;
  readonly rateLimiter: RateLimiter;
  readonly stripe: () => Promise<Stripe>;
  readonly stripeWebhookSecrets: () => readonly string[];
  readonly wallets: Wallets;
}

/** Puts the real parts together; called once a process, on its first request. */
export function createDeps(): Deps {
  const app = getApps()[0] ?? initializeApp();
  const config = readConfig();
  const db = getFirestore(app);
  const clock: Clock = () => isoTime(Date.now());
  const logger: Logger = functionsLogger;
  const stripe = once(async () => {
    const { createStripeClient } = await import('./payments/stripe/stripeClient.ts');
    return createStripeClient(readStripeSecretKey(), config.stripeApiBaseUrl);
  });
  return {
    config,
    db,
    clock,
    logger,
    verifyIdToken: idTokenVerifier(getAuth(app)),
    accounts: new AccountStore(db),
    apiKeys: new ApiKeyStore(db),
    batches: new BatchStore(db),
    catalog: new CatalogStore(db, config.catalogName, logger),
    incomingEvents: new IncomingEventStore(db),
    orders: new OrderStore(db),
    payments: lazily<PaymentProvider>(async () => {
      const [{ StripeProvider }, client] = await Promise.all([import('./payments/stripe/stripeProvider.ts'), stripe()]);
      return new StripeProvider(() => client);
    }),
    rateLimiter: new RateLimiter(new RateLimitStore(db), clock),
    stripe,
    stripeWebhookSecrets: readStripeWebhookSecrets,
    wallets: new Wallets(db),
  };
}
