import cors from 'cors';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { accountRoutes } from '../access/accounts/accounts.routes.ts';
import { adminAccountRoutes } from '../access/accounts/adminAccounts.routes.ts';
import { apiKeyRoutes } from '../access/apiKeys/apiKeys.routes.ts';
import { auditLogRoutes } from '../access/auditLog/auditLog.routes.ts';
import { integrationRoutes } from '../access/integrations/integrations.routes.ts';
import { admit } from '../access/requests/admit.ts';
import { adminProductRoutes } from '../catalog/adminProducts.routes.ts';
import { catalogRoutes } from '../catalog/catalog.routes.ts';
import { packRoutes } from '../catalog/packs.routes.ts';
import { pricingRoutes } from '../catalog/pricing/pricing.routes.ts';
import { adjustmentRoutes } from '../credits/adjustments/adjustments.routes.ts';
import { balanceRoutes } from '../credits/balance/balance.routes.ts';
import { chargeRoutes } from '../credits/charges/charges.routes.ts';
import { checkinRoutes } from '../credits/checkin/checkin.routes.ts';
import { deliveryRoutes } from '../credits/deliveries/deliveries.routes.ts';
import { reportRoutes } from '../credits/reports/reports.routes.ts';
import { statementRoutes } from '../credits/statements/statements.routes.ts';
import { testCreditRoutes } from '../credits/testCredits/testCredits.routes.ts';
import { transactionRoutes } from '../credits/transactions/transactions.routes.ts';
import { usageRoutes } from '../credits/usage/usage.routes.ts';
import { alertRoutes } from '../notices/alerts/alerts.routes.ts';
import { webhookRoutes } from '../notices/webhooks/webhooks.routes.ts';
import { createRouter } from '../platform/http/createRouter.ts';
import { docsPage } from '../platform/http/docsPage.ts';
import { errorHandler, routeNotFound } from '../platform/http/errorHandler.ts';
import { healthRoutes } from '../platform/http/health.routes.ts';
import { openApiRoute } from '../platform/http/openapi.routes.ts';
import { receiveBody, restoreRequest } from '../platform/http/rawBodies.ts';
import { requestLog } from '../platform/http/requestLog.ts';
import type { Route } from '../platform/http/route.ts';
import { incomingEventRoutes } from '../providers/incoming/incomingEvents.routes.ts';
import { autoTopUpRoutes } from '../sales/autoTopUps/autoTopUps.routes.ts';
import { checkoutRoutes } from '../sales/checkout/checkout.routes.ts';
import { couponRoutes } from '../sales/coupons/coupons.routes.ts';
import { depositRoutes } from '../sales/deposits/deposits.routes.ts';
import { invoicingRoutes } from '../sales/invoicing/invoicing.routes.ts';
import { orderRoutes } from '../sales/orders/orders.routes.ts';
import { paymentMethodRoutes } from '../sales/paymentMethods/paymentMethods.routes.ts';
import { refundRoutes } from '../sales/refunds/refunds.routes.ts';
import { subscriptionRoutes } from '../sales/subscriptions/subscriptions.routes.ts';
import { topUpRoutes } from '../sales/topups/topups.routes.ts';
import type { Parts } from './compose.ts';

/** All routes of the API. */
export const routes: readonly Route<Parts>[] = [
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
  ...adminProductRoutes,
  ...adminAccountRoutes,
  ...adjustmentRoutes,
  ...incomingEventRoutes,
  ...reportRoutes,
  ...auditLogRoutes,
];

const EXPOSED_HEADERS = ['Idempotent-Replayed', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'ETag'];
const PREFLIGHT_SECONDS = 600;
/** Bytes of a request's body; no request of this API needs more. */
const MAX_BODY_BYTES = 256 * 1024;

/** Creates the Express app of the function `api`. */
export function createApp(deps: Parts): Express {
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
  const router = createRouter(deps, admit, routes);
  // Paths begin with `/api` behind a Hosting rewrite, but not on the function's own address.
  app.use('/api', docsPage(), router);
  app.use('/', docsPage(), router);
  app.use(routeNotFound);
  app.use(errorHandler(deps.logger));
  return app;
}
