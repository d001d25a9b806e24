import type { ApiRoute, Resource } from '../api/apiRoute.ts';
import { balanceTransactions } from './balanceTransactions.ts';
import { charges } from './charges.ts';
import { checkoutSessions } from './checkoutSessions.ts';
import { coupons } from './coupons.ts';
import { customers } from './customers.ts';
import { disputes } from './disputes.ts';
import { events } from './events.ts';
import { invoicePayments } from './invoicePayments.ts';
import { invoices } from './invoices.ts';
import { paymentIntents } from './paymentIntents.ts';
import { paymentMethods } from './paymentMethods.ts';
import { portalConfigurations } from './portalConfigurations.ts';
import { portalSessions } from './portalSessions.ts';
import { prices } from './prices.ts';
import { products } from './products.ts';
import { promotionCodes } from './promotionCodes.ts';
import { refunds } from './refunds.ts';
import { sentInvoices } from './sentInvoices.ts';
import { setupIntents } from './setupIntents.ts';
import { subscriptions } from './subscriptions.ts';
import { taxIds } from './taxIds.ts';
import { testClocks } from './testClocks.ts';
import { webhookEndpoints } from './webhookEndpoints.ts';

const resources: readonly Resource[] = [
  balanceTransactions,
  charges,
  checkoutSessions,
  coupons,
  customers,
  disputes,
  events,
  invoicePayments,
  invoices,
  paymentIntents,
  paymentMethods,
  portalConfigurations,
  portalSessions,
  prices,
  products,
  promotionCodes,
  refunds,
  sentInvoices,
  setupIntents,
  subscriptions,
  taxIds,
  testClocks,
  webhookEndpoints,
];

/** All operations that the stand-in implements. */
export const routes: readonly ApiRoute[] = resources.flatMap((resource) => resource.routes);

/** The fields that are sent only on demand, by object type and field. */
export const includes: NonNullable<Resource['includes']> = Object.assign(
  {},
  ...resources.map((resource) => resource.includes ?? {}),
);
