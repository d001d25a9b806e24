import { type IsoTime, isoTime } from '@cloud-bridge/base';
import { refundNotPossible } from '../../sales/payments/payments.errors.ts';
import type {
  ProviderRefund,
  RefundProvider,
  RefundRequest,
  RefundStatus,
  ReversalTruth,
} from '../../sales/payments/refundProvider.ts';
import { refundNotDivisible } from '../../sales/refunds/refunds.errors.ts';
import { type CreemTransaction, refundSchema, transactionSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';
import { listTransactions, pageOfTransactions } from './creemTransactions.ts';

/** A payment in Creem's list. */
export interface CreemPayment extends ReversalTruth {
  readonly paidAt: IsoTime;
  /** The price before tax. */
  readonly unitAmountMinor: number;
  /** The subscription whose period was paid; null for a one-time purchase. */
  readonly providerSubscriptionId: string | null;
}

/** Reads payments from Creem. */
export type CreemPayments = Pick<CreemRefunds, 'fetchPayment' | 'listPayments' | 'paymentsForProduct'>;

/** Reads, lists and refunds payments at Creem. */
export class CreemRefunds implements RefundProvider {
  readonly #client: CreemClient;

  constructor(client: CreemClient) {
    this.#client = client;
  }

  async fetchReversal(paymentId: string): Promise<ReversalTruth> {
    return reversalTruth(await this.#transaction(paymentId));
  }

  /**
   * Returns a payment with its refunded and disputed amounts.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  async fetchPayment(paymentId: string): Promise<CreemPayment> {
    return creemPayment(await this.#transaction(paymentId));
  }

  /**
   * Returns a page of Creem's list of all payments, with their refunded and disputed amounts.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  async listPayments(page: number): Promise<{ items: CreemPayment[]; next: number | null }> {
    const { items, next } = await pageOfTransactions(this.#client, page, {});
    return { items: items.map(creemPayment), next };
  }

  /**
   * Returns the payments for a product, as far as Creem lists them.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  async paymentsForProduct(productId: string): Promise<CreemPayment[]> {
    const payments: CreemPayment[] = [];
    const ofProduct = { product_id: productId };
    for await (const transaction of listTransactions(this.#client, ofProduct)) payments.push(creemPayment(transaction));
    return payments;
  }

  #transaction(id: string): Promise<CreemTransaction> {
    return this.#client.get('/v1/transactions', { transaction_id: id }, { schema: transactionSchema });
  }

  /** Refunds the rest of a payment. Creem gives refunds no id, so the payment's id stands for the refund. */
  async refund({ paymentId, amountMinor }: RefundRequest): Promise<ProviderRefund> {
    const { refundableAmountMinor, refundedAmountMinor } = await this.fetchReversal(paymentId);
    if (refundableAmountMinor === 0) {
      if (refundedAmountMinor === 0) throw refundNotPossible('The payment is disputed at a bank.');
      // An earlier try, whose answer was lost, has refunded the payment; Creem refunds a payment only once.
      return { providerRefundId: paymentId, status: 'succeeded' };
    }
    if (amountMinor !== refundableAmountMinor) throw refundNotDivisible(refundableAmountMinor);
    const { status } = await this.#client.post(
      '/v1/refunds',
      { transaction_id: paymentId },
      {
        schema: refundSchema,
        refused: (cause) => refundNotPossible('Creem does not refund this payment any more.', cause),
      },
    );
    return { providerRefundId: paymentId, status: STATUSES[status] ?? 'pending' };
  }
}

const STATUSES: Readonly<Record<string, RefundStatus>> = {
  pending: 'pending',
  requiresAction: 'requires_action',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
};

/** Spellings of one status: Creem's documentation and API differ. */
const CHARGED_BACK = ['chargeback', 'chargedBack', 'charged_back'];
const REFUNDABLE = ['paid', 'partialRefund'];

/** Translates a transaction into a payment. */
function creemPayment(transaction: CreemTransaction): CreemPayment {
  return {
    ...reversalTruth(transaction),
    paidAt: isoTime(transaction.created_at),
    unitAmountMinor: transaction.amount,
    providerSubscriptionId: transaction.subscription ?? null,
  };
}

/**
 * Translates a transaction into its refunded, disputed and refundable amounts. Creem reports a disputed transaction as
 * refunded, too; here, its whole amount counts as disputed.
 */
export function reversalTruth(transaction: CreemTransaction): ReversalTruth {
  const { id, status } = transaction;
  const amountMinor = transaction.amount_paid ?? transaction.amount;
  const isChargedBack = CHARGED_BACK.includes(status);
  const refunded = status === 'refunded' ? amountMinor : Math.min(transaction.refunded_amount ?? 0, amountMinor);
  const refundedAmountMinor = isChargedBack ? 0 : refunded;
  return {
    paymentId: id,
    amountMinor,
    refundedAmountMinor,
    disputedAmountMinor: isChargedBack ? amountMinor : 0,
    refundableAmountMinor: REFUNDABLE.includes(status) ? amountMinor - refundedAmountMinor : 0,
    isDivisible: false,
  };
}
