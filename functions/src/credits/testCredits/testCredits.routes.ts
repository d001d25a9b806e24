import { TEST_WALLET_ID } from '@cloud-bridge/ledger';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import { addTestCredits } from './addTestCredits.ts';
import type { TestCreditsNeeds } from './needs.ts';
import { addTestCreditsSchema, testCreditsSchema } from './testCredits.schemas.ts';

export const testCreditRoutes = [
  defineRoute({
    method: 'post',
    path: '/account/test-credits',
    tag: 'API keys',
    summary: 'Add credits to the test wallet',
    description: 'API keys that begin with `ndsp_test_` spend these credits. They cost nothing and buy nothing.',
    access: { to: 'account' },
    body: addTestCreditsSchema,
    response: dataOf(testCreditsSchema),
    status: 201,
    errors: ['WALLET_FULL', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: TestCreditsNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const { entry, replayed } = await addTestCredits(deps, caller, body, { key: idempotencyKey, requestHash });
      const { id, amountCredits, balanceAfterCredits } = entry;
      return data({ transactionId: id, walletId: TEST_WALLET_ID, amountCredits, balanceAfterCredits }, replayed);
    },
  }),
];
