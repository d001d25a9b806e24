import { lookForLatePayments } from './followLatePayments.ts';
import type { CreemNeeds } from './needs.ts';

it('the payments for our products are listed once, and again only after a failure', async () => {
  let questions = 0;
  const deps = {
    clock: () => '2026-03-14T00:00:00.000Z',
    incomingEvents: { readUntil: async () => null },
    catalog: { current: async () => ({ packs: [{ creemProductId: 'prod_1' }], plans: [] }) },
    creemPayments: {
      paymentsForProduct: async () => {
        questions += 1;
        if (questions === 1) throw new Error('429');
        return [{ paymentId: 'tran_1' }];
      },
    },
  } as unknown as CreemNeeds;
  const { ours } = await lookForLatePayments(deps);
  await expect(ours()).rejects.toThrow('429');
  for (const _turn of [1, 2]) expect(await ours()).toEqual(new Set(['tran_1']));
  expect(questions).toBe(2);
});
