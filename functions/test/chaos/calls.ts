import { derivedId, requestHash } from '@cloud-bridge/base';
import type { Parts } from '../../src/main/compose.ts';
import { isRefused } from '../../src/platform/errors/refusal.ts';
import type { Lane } from './lane.ts';
import type { Trouble } from './trouble.ts';

/** What goes wrong with the call that a step makes, and whether whoever made it then gives up. */
export interface Troubled {
  readonly trouble: Trouble;
  readonly givesUp: boolean;
}

/**
 * Calls the backend as its client does: who gets no answer asks again with the same key, unless they give up. Gives
 * null for what was refused, or given up.
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

/** Which wallet, counted from the first, and how much of it. */
interface Spending extends Troubled {
  readonly percent: number;
  readonly back: number;
}

/** Spends a part of what is in one of an account's wallets. */
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

/** The thing so many places back, or the last one. */
export function at<T>(items: readonly T[], back: number): T | undefined {
  return items[back] ?? items.at(-1);
}
