import type Stripe from 'stripe';
import { paymentMethods } from './stripeCards.ts';

const card = (id: string, created: number) =>
  ({
    id,
    created,
    type: 'card',
    card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2030 },
  }) as unknown as Stripe.PaymentMethod;

it('lists methods newest first, with the details of cards', () => {
  const debit = { id: 'pm_3', created: 3, type: 'sepa_debit' } as unknown as Stripe.PaymentMethod;
  expect(paymentMethods([card('pm_1', 1), debit], 'pm_1')).toEqual([
    { id: 'pm_3', type: 'sepa_debit', brand: null, last4: null, expMonth: null, expYear: null, isDefault: false },
    { id: 'pm_1', type: 'card', brand: 'visa', last4: '4242', expMonth: 12, expYear: 2030, isDefault: true },
  ]);
});

it.each([null, 'pm_removed'])('the newest method is the default if the chosen method is %s', (chosen) => {
  const methods = paymentMethods([card('pm_1', 1), card('pm_2', 2)], chosen);
  expect(methods.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual(['pm_2']);
});
