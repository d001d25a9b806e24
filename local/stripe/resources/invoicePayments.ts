import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';

function isWanted(payment: Stripe.InvoicePayment, params: Stripe.InvoicePaymentListParams): boolean {
  const intent = idOf(payment.payment.payment_intent);
  return (
    isCreatedWithin(payment.created, params.created) &&
    (params.invoice ?? idOf(payment.invoice)) === idOf(payment.invoice) &&
    (params.payment?.payment_intent ?? intent) === intent &&
    (params.status ?? payment.status) === payment.status
  );
}

export const invoicePayments: Resource = {
  routes: [
    defineRoute({
      method: 'GET',
      path: '/v1/invoice_payments/{id}',
      accepts: [],
      handle: ({ account, id }) => account.invoicePayments.get(id),
    }),
    defineRoute<Stripe.InvoicePaymentListParams>({
      method: 'GET',
      path: '/v1/invoice_payments',
      accepts: [...LIST_PARAMETERS, 'created', 'invoice', 'payment.payment_intent', 'payment.type', 'status'],
      handle: ({ account, params, path }) => {
        const found = account.invoicePayments.newestFirst().filter((payment) => isWanted(payment, params));
        return paginate(found, params, path);
      },
    }),
  ],
};
