import type { Logger } from '@cloud-bridge/base';
import { BalanceWatch } from './balanceWatch.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const MAIN = { accountId: 'alice', walletId: 'main' };

function watchOver(level: number | null) {
  const store = { findLevel: jest.fn(async () => level), ask: jest.fn(async () => {}) };
  const logger = { error: jest.fn() };
  const watch = new BalanceWatch(store, () => NOW, logger as unknown as Logger);
  return { store, logger, watch };
}

it('asks once about a low balance, however many charges report it at the same time', async () => {
  const { store, watch } = watchOver(50);
  for (let count = 0; count < 100; count += 1) watch.notice(MAIN, 49, 49);
  await watch.idle();
  watch.notice(MAIN, 0, 49);
  await watch.idle();
  expect(store.findLevel).toHaveBeenCalledTimes(1);
  expect(store.ask.mock.calls).toEqual([['alice', NOW]]);
});

it('reads the level once, and does not ask while the balance is not low', async () => {
  const { store, watch } = watchOver(50);
  watch.notice(MAIN, 50, 60);
  await watch.idle();
  watch.notice(MAIN, 51, 60);
  await watch.idle();
  expect(store.findLevel).toHaveBeenCalledTimes(1);
  expect(store.ask).not.toHaveBeenCalled();
});

it('does not ask about an account that the listener does not handle, and reads its level once', async () => {
  const { store, watch } = watchOver(null);
  watch.notice(MAIN, -100, 0);
  await watch.idle();
  watch.notice(MAIN, -100, 0);
  await watch.idle();
  expect(store.findLevel).toHaveBeenCalledTimes(1);
  expect(store.ask).not.toHaveBeenCalled();
});

it('asks for each charge that brings the balance below the level, however soon one follows another', async () => {
  const { store, watch } = watchOver(50);
  watch.notice(MAIN, 49, 60);
  await watch.idle();
  watch.notice(MAIN, 40, 49);
  watch.notice(MAIN, 45, 50);
  await watch.idle();
  expect(store.ask).toHaveBeenCalledTimes(2);
});

it('watches the main wallet only', async () => {
  const { store, watch } = watchOver(50);
  watch.notice({ ...MAIN, walletId: 'test' }, 0, 60);
  await watch.idle();
  expect(store.findLevel).not.toHaveBeenCalled();
});

it('asks again after a failure', async () => {
  const { store, logger, watch } = watchOver(50);
  store.ask.mockRejectedValueOnce(new Error('unavailable'));
  watch.notice(MAIN, 0, 49);
  await watch.idle();
  expect(logger.error).toHaveBeenCalledTimes(1);
  watch.notice(MAIN, 0, 49);
  await watch.idle();
  expect(store.ask).toHaveBeenCalledTimes(2);
});
