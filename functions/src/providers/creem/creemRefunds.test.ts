import { transactionSchema } from './creem.schemas.ts';
import { reversalTruth } from './creemRefunds.ts';

const transaction = (fields: Record<string, unknown>) =>
  transactionSchema.parse({
    id: 'tran_1',
    amount: 1_000,
    amount_paid: 1_210,
    currency: 'EUR',
    created_at: 1,
    ...fields,
  });

it.each([
  ['paid', { status: 'paid' }, [0, 0, 1_210]],
  ['paid, and none of it refunded', { status: 'paid', refunded_amount: null }, [0, 0, 1_210]],
  ['refunded in part', { status: 'partialRefund', refunded_amount: 210 }, [210, 0, 1_000]],
  ['refunded', { status: 'refunded', refunded_amount: 1_210 }, [1_210, 0, 0]],
  ['refunded without saying how much', { status: 'refunded' }, [1_210, 0, 0]],
  // The first status is the one in an example of Creem's documentation, the second the one in the API's types.
  ['charged back', { status: 'chargeback', refunded_amount: 1_210 }, [0, 1_210, 0]],
  ['charged back', { status: 'chargedBack', refunded_amount: 1_210 }, [0, 1_210, 0]],
  ['in an unknown state', { status: 'lost in space' }, [0, 0, 0]],
])('a payment that is %s has the right reversed amounts', (_name, fields, [refunded, disputed, refundable]) => {
  expect(reversalTruth(transaction(fields))).toEqual({
    paymentId: 'tran_1',
    amountMinor: 1_210,
    refundedAmountMinor: refunded,
    disputedAmountMinor: disputed,
    refundableAmountMinor: refundable,
    isDivisible: false,
  });
});
