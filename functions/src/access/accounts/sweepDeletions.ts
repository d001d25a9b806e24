import { addSeconds } from '@cloud-bridge/base';
import type { Account, ErasurePosition } from './account.ts';
import { erasePage } from './erasePage.ts';
import type { AccountsNeeds } from './needs.ts';
import { blockersOf } from './openBusiness.ts';

/** What one run may take on: so many pages of at most 200 documents, and an end before the next run begins. */
export interface DeletionBudget {
  readonly pages: number;
  readonly seconds: number;
}

const BUDGET: DeletionBudget = { pages: 5_000, seconds: 240 };
/** What an account gets before the others have their turn: all of a usual one. */
const PAGES_PER_TURN = 60;
const ACCOUNTS_PER_ROUND = 100;
/** Accounts at work at once, so that none waits for the provider of another. */
const LANES = 10;
const RETRY_SECONDS = 60 * 60;
/** The position of an account of which everything is erased, while a payment is still open. */
const WAITING: ErasurePosition = { step: 'waiting', after: null };

/**
 * The second round of deletions, which erases again what was made meanwhile and closes the wallets; of large accounts
 * it is what erases most. Accounts take turns, the one that was touched longest ago first: a large one goes on where it
 * stopped, and keeps no other waiting. While a payment is still open its wallet stays, so that money that comes is
 * booked. Gives how many are done.
 */
export async function sweepDeletions(deps: AccountsNeeds, budget: DeletionBudget = BUDGET): Promise<number> {
  const takePage = pagesOf(deps, budget);
  let done = 0;
  for (let hasTime = true; hasTime; ) {
    const due = await deps.accounts.listErasuresDue(deps.clock(), ACCOUNTS_PER_ROUND);
    if (due.length === 0) break;
    const lane = async (): Promise<void> => {
      for (let account = due.shift(); account; account = due.shift()) {
        hasTime = takePage();
        if (!hasTime) return;
        if (await takeTurn(deps, account.id, takePage)) done += 1;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
  return done;
}

/** Says before each page whether there still is one. */
function pagesOf({ clock }: AccountsNeeds, { pages, seconds }: DeletionBudget): () => boolean {
  const endsAt = addSeconds(clock(), seconds);
  let taken = 0;
  return () => {
    taken += 1;
    return taken <= pages && clock() < endsAt;
  };
}

/** Erases as much as a turn allows, after the first page that it was given; true when the account is done. */
async function takeTurn(deps: AccountsNeeds, accountId: string, takePage: () => boolean): Promise<boolean> {
  try {
    const account = await deps.accounts.find(accountId);
    return account?.deletedAt ? await proceed(deps, account, takePage) : false;
  } catch (error) {
    deps.logger.error('deletion failed', { accountId, cause: error instanceof Error ? error.stack : error });
    await deps.accounts.setDeletion(accountId, { erasureDueAt: addSeconds(deps.clock(), RETRY_SECONDS) });
    return false;
  }
}

async function proceed(deps: AccountsNeeds, account: Account, takePage: () => boolean): Promise<boolean> {
  let position = account.erasurePosition ?? null;
  if (position?.step === WAITING.step) {
    if (await hasOpenPayment(deps, account.id)) return comeBack(deps, account, WAITING, RETRY_SECONDS);
    // What came with the payment is erased, too.
    position = null;
  }
  position = await erasePage(deps, account, position);
  for (let pages = 1; position !== null; pages += 1) {
    // Kept with every page, so that a crash costs no more than one.
    await deps.accounts.setDeletion(account.id, { erasurePosition: position });
    if (pages >= PAGES_PER_TURN || !takePage()) return comeBack(deps, account, position, 0);
    position = await erasePage(deps, account, position);
  }
  if (await hasOpenPayment(deps, account.id)) return comeBack(deps, account, WAITING, RETRY_SECONDS);
  for (const { close } of deps.keepers) await close?.(account.id);
  await deps.accounts.setDeletion(account.id, { erasureDueAt: null, erasurePosition: null });
  return true;
}

/** Puts an account behind all that are due by then. */
async function comeBack(
  deps: AccountsNeeds,
  { id }: Account,
  erasurePosition: ErasurePosition,
  seconds: number,
): Promise<boolean> {
  await deps.accounts.setDeletion(id, { erasureDueAt: addSeconds(deps.clock(), seconds), erasurePosition });
  return false;
}

async function hasOpenPayment(deps: AccountsNeeds, accountId: string): Promise<boolean> {
  const blockers = await blockersOf(deps, accountId);
  return blockers.some(({ kind }) => kind !== 'subscription');
}
