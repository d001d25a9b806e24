import { send } from '../support/apiClient.ts';
import { STRIPE_URL } from '../support/suite.ts';

/** Every Stripe operation that the backend uses. The tests that run before this one call each of them. */
const USED_BY_THE_BACKEND = [
  'DELETE /v1/tax_ids/{id}',
  'GET /v1/checkout/sessions/{id}',
  'GET /v1/coupons/{id}',
  'GET /v1/customers/{id}',
  'GET /v1/customers/{id}/payment_methods',
  'GET /v1/disputes',
  'GET /v1/events',
  'GET /v1/events/{id}',
  'GET /v1/invoice_payments',
  'GET /v1/invoices',
  'GET /v1/invoices/{id}',
  'GET /v1/invoices/{id}/lines',
  'GET /v1/payment_intents/{id}',
  'GET /v1/prices',
  'GET /v1/prices/{id}',
  'GET /v1/refunds',
  'GET /v1/subscriptions',
  'GET /v1/subscriptions/{id}',
  'GET /v1/tax_ids',
  'GET /v1/billing_portal/configurations',
  'POST /v1/billing_portal/configurations',
  'POST /v1/billing_portal/sessions',
  'POST /v1/checkout/sessions',
  'POST /v1/checkout/sessions/{id}/expire',
  'POST /v1/coupons',
  'POST /v1/customers',
  'POST /v1/customers/{id}',
  'POST /v1/invoices',
  'POST /v1/invoices/{id}/add_lines',
  'POST /v1/invoices/{id}/finalize',
  'POST /v1/invoices/{id}/send',
  'POST /v1/payment_intents',
  'POST /v1/payment_intents/{id}/cancel',
  'POST /v1/payment_methods/{id}/detach',
  'POST /v1/prices',
  'POST /v1/promotion_codes',
  'POST /v1/promotion_codes/{id}',
  'POST /v1/refunds',
  'POST /v1/setup_intents',
  'POST /v1/subscriptions',
  'POST /v1/subscriptions/{id}',
];

it("every call of the backend, and every answer and event of the local Stripe, fits Stripe's contract", async () => {
  const { operations, violations } = (await send('GET', '/_local/operations', {}, STRIPE_URL)).expect(200).json as {
    operations: unknown;
    violations: unknown[];
  };
  expect(violations).toEqual([]);
  for (const operation of USED_BY_THE_BACKEND) expect(JSON.stringify(operations)).toContain(operation);
});
