import type { Logger } from '../shared/logger.ts';
import type { AutoTopUpStore } from './autoTopUps.store.ts';
import { LowBalanceWatch } from './lowBalanceWatch.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const MAIN = { accountId: 'alice', walletId: 'main' };

function watchOver(found: unknown) {
  const store = { find: jest.fn(async () => found), ask: jest.fn(async () => {}) };
  const logger = { error: jest.fn() };
  const watch = new LowBalanceWatch(store as unknown as AutoTopUpStore, () => NOW, logger as unknown as Logger);
  return { store, logger, watch };
}
const enabled = { enabled: true, pause: null, thresholdCredits: 50 };

it('asks once for an account whose balance is low, however many charges tell of it at once', async () => {
  const { store, watch } = watchOver(enabled);
  for (let count = 0; count < 100; count += 1) watch.notice(MAIN, 49);
  await watch.idle();
  watch.notice(MAIN, 0);
  await watch.idle();
  expect(store.find).toHaveBeenCalledTimes(1);
  expect(store.ask.mock.calls).toEqual([['alice', NOW]]);
});

it('reads the threshold once, and asks for nothing while the balance is not low', async () => {
  const { store, watch } = watchOver(enabled);
  watch.notice(MAIN, 50);
  await watch.idle();
  watch.notice(MAIN, 51);
  await watch.idle();
  expect(store.find).toHaveBeenCalledTimes(1);
  expect(store.ask).not.toHaveBeenCalled();
});

it.each([
  ['an account without a rule', null],
  ['one that is switched off', { ...enabled, enabled: false }],
  ['one that is paused', { ...enabled, pause: {} }],
])('asks for nothing for %s', async (_name, found) => {
  const { store, watch } = watchOver(found);
  watch.notice(MAIN, -100);
  await watch.idle();
  expect(store.ask).not.toHaveBeenCalled();
});

it('watches the main wallet only', async () => {
  const { store, watch } = watchOver(enabled);
  watch.notice({ ...MAIN, walletId: 'test' }, 0);
  await watch.idle();
  expect(store.find).not.toHaveBeenCalled();
});

it('asks again after it could not', async () => {
  const { store, logger, watch } = watchOver(enabled);
  store.ask.mockRejectedValueOnce(new Error('unavailable'));
  watch.notice(MAIN, 0);
  await watch.idle();
  expect(logger.error).toHaveBeenCalledTimes(1);
  watch.notice(MAIN, 0);
  await watch.idle();
  expect(store.ask).toHaveBeenCalledTimes(2);
});
