import cors from 'cors';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { accountRoutes } from './accounts/accounts.routes.ts';
import { adminAccountRoutes } from './accounts/adminAccounts.routes.ts';
import { adjustmentRoutes } from './adjustments/adjustments.routes.ts';
import { alertRoutes } from './alerts/alerts.routes.ts';
import { apiKeyRoutes } from './apiKeys/apiKeys.routes.ts';
import { auditLogRoutes } from './auditLog/auditLog.routes.ts';
import { autoTopUpRoutes } from './autoTopUps/autoTopUps.routes.ts';
import { balanceRoutes } from './balance/balance.routes.ts';
import { catalogRoutes } from './catalog/catalog.routes.ts';
import { productRoutes } from './catalog/products.routes.ts';
import { chargeRoutes } from './charges/charges.routes.ts';
import { checkinRoutes } from './checkin/checkin.routes.ts';
import { checkoutRoutes } from './checkout/checkout.routes.ts';
import { couponRoutes } from './coupons/coupons.routes.ts';
import { deliveryRoutes } from './deliveries/deliveries.routes.ts';
import { depositRoutes } from './deposits/deposits.routes.ts';
import type { Deps } from './deps.ts';
import { docsPage } from './http/docsPage.ts';
import { errorHandler, routeNotFound } from './http/errorHandler.ts';
import { healthRoutes } from './http/health.routes.ts';
import { openApiRoute } from './http/openapi.routes.ts';
import { receiveBody, restoreRequest } from './http/rawBodies.ts';
import { requestLog } from './http/requestLog.ts';
import type { Route } from './http/route.ts';
import { createRouter } from './http/router.ts';
import { integrationRoutes } from './integrations/integrations.routes.ts';
import { invoicingRoutes } from './invoicing/invoicing.routes.ts';
import { orderRoutes } from './orders/orders.routes.ts';
import { packRoutes } from './packs/packs.routes.ts';
import { paymentMethodRoutes } from './paymentMethods/paymentMethods.routes.ts';
import { pricingRoutes } from './pricing/pricing.routes.ts';
import { refundRoutes } from './refunds/refunds.routes.ts';
import { reportRoutes } from './reports/reports.routes.ts';
import { statementRoutes } from './statements/statements.routes.ts';
import { subscriptionRoutes } from './subscriptions/subscriptions.routes.ts';
import { testCreditRoutes } from './testCredits/testCredits.routes.ts';
import { topUpRoutes } from './topups/topups.routes.ts';
import { transactionRoutes } from './transactions/transactions.routes.ts';
import { usageRoutes } from './usage/usage.routes.ts';
import { incomingEventRoutes } from './webhooks/incoming/incomingEvents.routes.ts';
import { webhookRoutes } from './webhooks/outgoing/webhooks.routes.ts';

/** Every route of the API, as declared. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  openApiRoute(() => routes),
  ...pricingRoutes,
  ...packRoutes,
  ...balanceRoutes,
  ...chargeRoutes,
  ...transactionRoutes,
  ...usageRoutes,
  ...statementRoutes,
  ...checkoutRoutes,
  ...topUpRoutes,
  ...depositRoutes,
  ...autoTopUpRoutes,
  ...alertRoutes,
  ...orderRoutes,
  ...invoicingRoutes,
  ...subscriptionRoutes,
  ...paymentMethodRoutes,
  ...apiKeyRoutes,
  ...webhookRoutes,
  ...testCreditRoutes,
  ...accountRoutes,
  ...refundRoutes,
  ...couponRoutes,
  ...checkinRoutes,
  ...deliveryRoutes,
  ...integrationRoutes,
  ...catalogRoutes,
  ...productRoutes,
  ...adminAccountRoutes,
  ...adjustmentRoutes,
  ...incomingEventRoutes,
  ...reportRoutes,
  ...auditLogRoutes,
];

const EXPOSED_HEADERS = ['Idempotent-Replayed', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'ETag'];
const PREFLIGHT_SECONDS = 600;
/** No request of this API needs more. */
const MAX_BODY_BYTES = 256 * 1024;

/** The Express app behind the function `api`. */
export function createApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('case sensitive routing', true);
  app.use(requestLog(deps.logger));
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: { 'style-src': ["'self'", "'unsafe-inline'"], 'upgrade-insecure-requests': null },
      },
    }),
  );
  app.use(
    cors({ origin: [...deps.config.allowedOrigins], exposedHeaders: EXPOSED_HEADERS, maxAge: PREFLIGHT_SECONDS }),
  );
  app.use(restoreRequest, receiveBody(MAX_BODY_BYTES));
  const router = createRouter(deps, routes);
  // The function's own address leaves out `/api`; behind a Hosting rewrite it is part of the path.
  app.use('/api', docsPage(), router);
  app.use('/', docsPage(), router);
  app.use(routeNotFound);
  app.use(errorHandler(deps.logger));
  return app;
}
