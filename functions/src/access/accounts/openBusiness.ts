import type { DeletionBlocker } from './deletionBlocker.ts';
import type { AccountsNeeds } from './needs.ts';

/** Returns everything that blocks the deletion of an account now. */
export async function blockersOf({ keepers }: AccountsNeeds, accountId: string): Promise<DeletionBlocker[]> {
  const found = await Promise.all(keepers.map(({ blockers }) => blockers?.(accountId) ?? []));
  return found.flat();
}

/** Returns the number of credits that the deletion of an account would forfeit. */
export async function creditsLeftOf({ keepers }: AccountsNeeds, accountId: string): Promise<number> {
  const left = await Promise.all(keepers.map(({ spendableCredits }) => spendableCredits?.(accountId) ?? 0));
  return left.reduce((sum, credits) => sum + credits, 0);
}
