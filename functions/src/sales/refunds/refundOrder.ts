import { type Idempotency, idempotencyKeyReused, idOfRequest, runUnitOfWork } from '@cloud-bridge/base';
import type { OperatorRequest } from '../../access/auditLog/auditLog.ts';
import { notFound } from '../../platform/errors/refusal.ts';
import { followReversal } from '../orders/followReversal.ts';
import type { Order } from '../orders/order.ts';
import { isAtProvider } from '../payments/orderProvider.ts';
import { refundNotPossible } from '../payments/payments.errors.ts';
import { providerOf } from '../payments/providers.ts';
import type { RefundsNeeds } from './needs.ts';
import type { Refund } from './refund.ts';
import { orderNotRefundable, refundNotDivisible, refundTooLarge } from './refunds.errors.ts';
import type { CreateRefundRequest } from './refunds.schemas.ts';

/** A refund and its order after the refund. */
export interface RefundedOrder {
  readonly refund: Refund;
  readonly order: Order;
  readonly replayed: boolean;
}

/**
 * Refunds a customer's money, and revokes the credits that were bought with it as soon as the refund has succeeded. The
 * amount is fixed and stored before the provider is called, so that a repeated request refunds no more.
 * @throws REFUND_TOO_LARGE, ORDER_NOT_FOUND, ORDER_NOT_REFUNDABLE or REFUND_NOT_POSSIBLE, IDEMPOTENCY_KEY_REUSED,
 *   PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function refundOrder(
  deps: RefundsNeeds,
  operator: OperatorRequest,
  orderId: string,
  request: CreateRefundRequest,
  idempotency: Idempotency,
): Promise<RefundedOrder> {
  const { key, requestHash } = idempotency;
  const id = idOfRequest({ operator: operator.actorId }, 'rfd', key);
  const known = key ? await deps.refunds.find(id) : null;
  const draft = known ?? (await draftRefund(deps, operator.actorId, orderId, request, { id, requestHash }));
  const refund = known ?? (await storeRefund(deps, operator, draft));
  if (refund.requestHash !== requestHash) throw idempotencyKeyReused();
  const answered = refund.providerRefundId ? refund : await askProvider(deps, refund);
  const { order } = await followReversal(deps, refund.paymentId, null);
  if (!order) throw new Error(`order ${refund.orderId} of refund ${refund.id} does not exist`);
  return { refund: answered, order, replayed: known !== null || refund !== draft };
}

/** Stores a new refund together with its audit record; returns the stored refund if the id exists already. */
function storeRefund(deps: RefundsNeeds, operator: OperatorRequest, refund: Refund): Promise<Refund> {
  const { orderId, accountId, id: refundId, amountMinor, currency, reason, createdAt } = refund;
  const change = { targetId: orderId, accountId, after: { refundId, amountMinor, currency }, reason };
  return runUnitOfWork(deps.db, async (unit) => {
    const existing = await deps.refunds.findIn(unit, refundId);
    if (existing) return existing;
    deps.refunds.createIn(unit, refund);
    deps.auditLog.recordIn(unit, operator, change, createdAt);
    return refund;
  });
}

async function draftRefund(
  deps: RefundsNeeds,
  requestedBy: string,
  orderId: string,
  request: CreateRefundRequest,
  { id, requestHash }: { id: string; requestHash: string },
): Promise<Refund> {
  const order = await deps.orders.find(orderId);
  if (!order) throw notFound('ORDER_NOT_FOUND');
  const { paymentId, accountId, currency } = order;
  // This system has no key that signs transfers on a chain. The sender may also be an exchange's address, which can't
  // receive refunds.
  if (!isAtProvider(order)) {
    throw refundNotPossible(
      'USDC can’t be refunded automatically. Send it back by hand, and revoke the credits with a manual adjustment.',
    );
  }
  // An order that cost nothing has no payment.
  const provider = providerOf(deps, order);
  if (paymentId === null || !provider.isPaymentId(paymentId)) throw orderNotRefundable(order.status);
  const { refundableAmountMinor, isDivisible } = await provider.refunds.fetchReversal(paymentId);
  if (refundableAmountMinor === 0) throw orderNotRefundable(order.status);
  const amountMinor = request.amountMinor ?? refundableAmountMinor;
  if (amountMinor > refundableAmountMinor) throw refundTooLarge(refundableAmountMinor);
  if (amountMinor < refundableAmountMinor && !isDivisible) throw refundNotDivisible(refundableAmountMinor);
  return {
    id,
    orderId,
    accountId,
    paymentId,
    amountMinor,
    currency,
    reason: request.reason,
    requestedBy,
    requestHash,
    providerRefundId: null,
    status: 'pending',
    createdAt: deps.clock(),
  };
}

async function askProvider(deps: RefundsNeeds, refund: Refund): Promise<Refund> {
  const { id: refundId, orderId, paymentId, amountMinor, reason } = refund;
  const order = await deps.orders.find(orderId);
  if (!order) throw notFound('ORDER_NOT_FOUND');
  const { providerRefundId, status } = await providerOf(deps, order).refunds.refund({
    refundId,
    orderId,
    paymentId,
    amountMinor,
    reason,
  });
  const answered = { ...refund, providerRefundId, status };
  await deps.refunds.update(answered);
  return answered;
}
