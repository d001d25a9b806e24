import type Stripe from 'stripe';
import { reversalTruth } from './stripeRefunds.ts';

describe('a payment', () => {
  const intent = { id: 'pi_1', amount_received: 1000, currency: 'usd' };
  const refund = (amount: number, status: string) => ({ amount, status });
  const dispute = (amount: number, status: Stripe.Dispute.Status, ...movements: number[]) => ({
    amount,
    currency: 'usd',
    status,
    balance_transactions: movements.map((movement) => ({ amount: movement }) as Stripe.BalanceTransaction),
  });

  it('counts succeeded refunds as refunded; pending refunds only lower the refundable amount', () => {
    const refunds = [
      refund(100, 'succeeded'),
      refund(200, 'pending'),
      refund(50, 'requires_action'),
      refund(400, 'failed'),
      refund(1, 'canceled'),
    ];
    expect(reversalTruth(intent, refunds, [])).toEqual({
      paymentId: 'pi_1',
      amountMinor: 1000,
      refundedAmountMinor: 100,
      disputedAmountMinor: 0,
      refundableAmountMinor: 650,
      isDivisible: true,
    });
  });

  it.each([
    ['needs_response', 900],
    ['under_review', 900],
    ['lost', 900],
    ['appeal_needs_response', 900],
    ['appeal_under_review', 900],
    ['won', 0],
    ['warning_needs_response', 0],
    ['warning_under_review', 0],
    ['warning_closed', 0],
  ] as const)('with a dispute in the status %s has a disputed amount of %d', (status, disputedAmountMinor) => {
    expect(reversalTruth(intent, [], [dispute(900, status)])).toMatchObject({
      disputedAmountMinor,
      refundableAmountMinor: 1000 - disputedAmountMinor,
    });
  });

  it.each(['prevented', 'some_future_status'] as const)(
    "with a dispute in the status %s has the disputed amount that left the merchant's balance",
    (status) => {
      expect(reversalTruth(intent, [], [dispute(900, status)]).disputedAmountMinor).toBe(0);
      expect(reversalTruth(intent, [], [dispute(900, status, -900)]).disputedAmountMinor).toBe(900);
      expect(reversalTruth(intent, [], [dispute(900, status, -900, 900)]).disputedAmountMinor).toBe(0);
    },
  );

  it('with a dispute in another currency is disputed as a whole', () => {
    const foreign = { ...dispute(700, 'lost'), currency: 'eur' };
    expect(reversalTruth(intent, [], [foreign]).disputedAmountMinor).toBe(1000);
    expect(reversalTruth(intent, [], [{ ...foreign, status: 'won' }]).disputedAmountMinor).toBe(0);
  });
});
