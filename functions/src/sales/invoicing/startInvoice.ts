import { addSeconds, type Idempotency } from '@cloud-bridge/base';
import { topUpOf } from '../../catalog/topUp.ts';
import { withCustomer } from '../customers/withCustomer.ts';
import { failOrder } from '../orders/failOrder.ts';
import { fulfillOrder } from '../orders/fulfillOrder.ts';
import { type InvoiceOrder, isInvoiceOrder } from '../orders/order.ts';
import { sealOrder } from '../orders/orderFacts.ts';
import { orderClosed } from '../orders/orders.errors.ts';
import { type OrderDraft, placeOrder } from '../orders/placeOrder.ts';
import { packPurchase } from '../packs/packPurchase.ts';
import { isProviderRefusal } from '../payments/payments.errors.ts';
import { defaultProvider } from '../payments/providers.ts';
import { invoicingPaused, notApproved } from './invoicing.errors.ts';
import type { CreateInvoiceRequest } from './invoicing.schemas.ts';
import { isOverdue } from './invoicing.ts';
import type { InvoicingNeeds } from './needs.ts';

/**
 * Age, in seconds, up to which an order can still get its invoice. The provider may forget an idempotency key after a
 * day, and would then create a second invoice.
 */
const INVOICEABLE_SECONDS = 23 * 60 * 60;

/**
 * Orders a pack or an amount by invoice, and lets the provider send the invoice. Writes the order first: repeating the
 * request with its Idempotency-Key creates no second invoice, and completes an order whose invoice isn't recorded yet.
 * @throws INVOICING_NOT_APPROVED, INVOICING_PAUSED, UNKNOWN_PACK, UNKNOWN_CURRENCY, AMOUNT_TOO_SMALL, INVALID_REQUEST,
 *   ORDER_CLOSED, TOO_MANY_OPEN_CHECKOUTS, IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED (and the order has failed),
 *   PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function startInvoice(
  deps: InvoicingNeeds,
  accountId: string,
  request: CreateInvoiceRequest,
  idempotency: Idempotency,
): Promise<{ order: InvoiceOrder; replayed: boolean }> {
  const { order, replayed } = await placeOrder(deps, accountId, idempotency, isInvoiceOrder, () =>
    draftOf(deps, accountId, request),
  );
  return { order: await openInvoice(deps, order), replayed };
}

async function draftOf(
  deps: InvoicingNeeds,
  accountId: string,
  { pack, amount, currency }: CreateInvoiceRequest,
): Promise<OrderDraft> {
  const invoicing = await deps.invoicing.find(accountId);
  if (invoicing?.status !== 'approved' || invoicing.daysUntilDue === null) throw notApproved();
  const now = deps.clock();
  const overdue = (await deps.orders.listOpenInvoices(accountId)).filter((order) => isOverdue(order, now));
  if (overdue.length > 0) throw invoicingPaused(overdue.map(({ id }) => id));
  const catalog = await deps.catalog.current();
  const product =
    pack === undefined
      ? { productKey: null, productName: 'Top-up', ...topUpOf(catalog, amount ?? 0, currency) }
      : packPurchase(catalog, pack, currency);
  const terms = { method: 'invoice', daysUntilDue: invoicing.daysUntilDue } as const;
  return { ...product, kind: 'invoice', ...terms };
}

async function openInvoice(deps: InvoicingNeeds, order: InvoiceOrder): Promise<InvoiceOrder> {
  if (order.invoice || order.paymentId !== null) return order;
  const isTooOld = order.createdAt <= addSeconds(deps.clock(), -INVOICEABLE_SECONDS);
  if (order.status !== 'pending' || isTooOld) throw orderClosed(order.status);
  const { id: orderId, accountId, productName, credits, unitAmountMinor, currency, daysUntilDue } = order;
  try {
    const truth = await withCustomer(deps, accountId, (customerId) =>
      defaultProvider(deps).invoices.sendInvoice({
        orderId,
        accountId,
        customerId,
        productName: `${productName}: ${credits} credits`,
        unitAmountMinor,
        currency,
        daysUntilDue,
        seal: sealOrder(deps.seals, { ...order, customerId }),
      }),
    );
    const { order: noted } = await fulfillOrder(deps, truth, null);
    return noted && isInvoiceOrder(noted) ? noted : order;
  } catch (error) {
    if (isProviderRefusal(error)) {
      await failOrder(deps, orderId, 'invoice_refused', 'The payment provider did not accept the invoice.');
    }
    throw error;
  }
}
