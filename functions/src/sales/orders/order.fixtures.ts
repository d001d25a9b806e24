import type { PackProduct, PageOrder, UnpaidOrder } from './order.ts';

/** A pending order of a pack of 100 credits, for tests. */
export const pendingOrder: Extract<PageOrder & UnpaidOrder, PackProduct> = {
  id: 'ord_1',
  accountId: 'alice',
  walletId: 'main',
  provider: 'stripe',
  kind: 'pack',
  method: 'checkout',
  productKey: 'starter',
  productName: 'Starter pack',
  customerId: null,
  credits: 100,
  unitAmountMinor: 999,
  currency: 'usd',
  status: 'pending',
  successUrl: 'https://app.example.com/ok',
  cancelUrl: 'https://app.example.com/no',
  checkout: null,
  paymentId: null,
  entryId: null,
  balanceAfterCredits: null,
  lastPaymentError: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  paidAt: null,
  requestHash: 'hash',
};
