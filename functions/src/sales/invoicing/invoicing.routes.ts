import { operatorRequest } from '../../access/auditLog/auditLog.ts';
import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { data, list, toPage } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { accountIdParams, DEFAULT_PAGE_SIZE, dataOf, listOf } from '../../platform/http/schemas.ts';
import {
  approveSchema,
  createInvoiceSchema,
  declineSchema,
  invoiceSchema,
  invoicingQuery,
  invoicingRequestSchema,
  invoicingSchema,
  renderInvoice,
  renderInvoicing,
  renderInvoicingRequest,
} from './invoicing.schemas.ts';
import { askForInvoicing, decideOnInvoicing, readInvoicing } from './invoicingState.ts';
import type { InvoicingNeeds } from './needs.ts';
import { startInvoice } from './startInvoice.ts';

const tag = 'Invoices';

export const invoicingRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/invoicing',
    tag,
    summary: "Get the account's right to pay by invoice and its open invoices",
    access: { to: 'account' },
    response: dataOf(invoicingSchema),
    handle: async (deps: InvoicingNeeds, { caller }) =>
      data(renderInvoicing(await readInvoicing(deps, caller.accountId))),
  }),
  defineRoute({
    method: 'post',
    path: '/billing/invoicing',
    tag,
    summary: 'Ask to pay by invoice',
    access: { to: 'account' },
    response: dataOf(invoicingSchema),
    errors: ['INVOICING_NOT_ELIGIBLE'],
    handle: async (deps: InvoicingNeeds, { caller }) =>
      data(renderInvoicing(await askForInvoicing(deps, caller.accountId))),
  }),
  defineRoute({
    method: 'post',
    path: '/billing/invoices',
    tag,
    summary: 'Order a pack or an amount of credits by invoice',
    description: 'For approved accounts. The credits are granted when the invoice is paid.',
    access: { to: 'account' },
    body: createInvoiceSchema,
    response: dataOf(invoiceSchema),
    status: 201,
    errors: [
      'UNKNOWN_PACK',
      'UNKNOWN_CURRENCY',
      'AMOUNT_TOO_SMALL',
      'INVOICING_NOT_APPROVED',
      'INVOICING_PAUSED',
      'ORDER_CLOSED',
      'IDEMPOTENCY_KEY_REUSED',
      'PAYMENT_PROVIDER_REFUSED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
    ],
    handle: async (deps: InvoicingNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const idempotency = { key: idempotencyKey, requestHash };
      const { order, replayed } = await startInvoice(deps, caller.accountId, body, idempotency);
      return data(renderInvoice(order), replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/invoicing',
    tag: 'Admin',
    summary: 'List requests to pay by invoice, newest first',
    access: { to: 'admin' },
    query: invoicingQuery,
    response: listOf(invoicingRequestSchema),
    handle: async (deps: InvoicingNeeds, { query }) => {
      const { limit = DEFAULT_PAGE_SIZE, cursor, status } = query;
      const found = await deps.invoicing.list(status, limit + 1, parseCursor(cursor, timePosition));
      const page = toPage(found, limit, timePositionOf);
      return list({ ...page, items: page.items.map(renderInvoicingRequest) });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/admin/invoicing/:id/approve',
    tag: 'Admin',
    summary: "Approve an account's request to pay by invoice",
    access: { to: 'admin' },
    params: accountIdParams,
    body: approveSchema,
    response: dataOf(invoicingRequestSchema),
    errors: ['INVOICING_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: InvoicingNeeds, request) => {
      const operator = operatorRequest(request, 'invoicing.approve');
      const decision = { status: 'approved', daysUntilDue: request.body.daysUntilDue } as const;
      const { invoicing, replayed } = await decideOnInvoicing(deps, operator, request.params.id, decision);
      return data(renderInvoicingRequest(invoicing), replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/admin/invoicing/:id/decline',
    tag: 'Admin',
    summary: "Decline an account's request, or end its approval",
    access: { to: 'admin' },
    params: accountIdParams,
    body: declineSchema,
    response: dataOf(invoicingRequestSchema),
    errors: ['INVOICING_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: InvoicingNeeds, request) => {
      const operator = operatorRequest(request, 'invoicing.decline');
      const decision = { status: 'declined', reason: request.body.reason ?? null } as const;
      const { invoicing, replayed } = await decideOnInvoicing(deps, operator, request.params.id, decision);
      return data(renderInvoicingRequest(invoicing), replayed);
    },
  }),
];
