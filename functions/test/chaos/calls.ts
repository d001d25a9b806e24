import { derivedId, requestHash } from '@cloud-bridge/base';
import type { Parts } from '../../src/main/compose.ts';
import { isRefused } from '../../src/platform/errors/refusal.ts';
import type { Lane } from './lane.ts';
import type { Trouble } from './trouble.ts';

/** The fault of a step's call, and whether the caller then gives up. */
export interface Troubled {
  readonly trouble: Trouble;
  readonly givesUp: boolean;
}

/**
 * Calls the backend as a client does: without an answer, repeats the request with the same key or gives up. Returns
 * null when the request was refused or given up.
 */
export async function callAsClient<T>(lane: Lane, step: Troubled, use: (deps: Parts) => Promise<T>): Promise<T | null> {
  try {
    return await lane.during(step.trouble, ({ deps }) => use(deps));
  } catch (error) {
    if (isRefused(error)) return null;
    if (!step.trouble) throw error;
  }
  if (step.givesUp) return null;
  try {
    return await lane.during(null, ({ deps }) => use(deps));
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

/** The wallet's number, counted from the first, and the share of its credits. */
interface Spending extends Troubled {
  readonly percent: number;
  readonly back: number;
}

/** Spends a part of the credits in one of an account's wallets. */
export async function spend(lane: Lane, accountId: string, step: Spending, name: string): Promise<void> {
  const { deps } = lane.steady;
  const walletId = at(await deps.wallets.listIds(accountId), step.back);
  if (!walletId) return;
  const address = { accountId, walletId };
  const { availableCredits } = await deps.wallets.read(address, deps.clock());
  const amountCredits = Math.floor((Math.max(0, availableCredits) * step.percent) / 100);
  const entryId = derivedId('txn', accountId, name);
  const now = deps.clock();
  await callAsClient(lane, step, (instance) =>
    instance.wallets.submit(address, {
      type: 'charge',
      entryId,
      commandId: `${entryId} ${instance === deps}`,
      requestHash: requestHash([name]),
      now,
      operation: 'presetShare',
      quantity: 1,
      amountCredits,
      description: 'Spent',
      metadata: {},
      hold: null,
    }),
  );
}

/** Returns the item that is a number of places before the last, or else the last. */
export function at<T>(items: readonly T[], back: number): T | undefined {
  return items[back] ?? items.at(-1);
}
