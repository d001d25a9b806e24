import { addSeconds } from '@cloud-bridge/base';
import type { Account, ErasurePosition } from './account.ts';
import { erasePage } from './erasePage.ts';
import type { AccountsNeeds } from './needs.ts';
import { blockersOf } from './openBusiness.ts';

/** Limits of one run: pages of at most 200 documents, and seconds, so that the run ends before the next one begins. */
export interface DeletionBudget {
  readonly pages: number;
  readonly seconds: number;
}

const BUDGET: DeletionBudget = { pages: 5_000, seconds: 240 };
/** Pages of one account before the other accounts get their turn; enough for a whole account of usual size. */
const PAGES_PER_TURN = 60;
const ACCOUNTS_PER_ROUND = 100;
/** Accounts that are erased concurrently, so that a slow provider delays only its own accounts. */
const LANES = 10;
const RETRY_SECONDS = 60 * 60;
/** The position of an account that is erased except for an open payment. */
const WAITING: ErasurePosition = { step: 'waiting', after: null };

/**
 * Runs the second round of deletions: erases data that was created meanwhile, and closes the wallets. Of a large
 * account, this round erases most of the data. Accounts take turns, the one erased longest ago first, so a large
 * account continues where it stopped and doesn't delay others. While a payment is open the account's wallets stay open,
 * so that its money can be booked. Returns the number of accounts that are done.
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

/** Returns a function that counts a page and tells whether the budget allows it. */
function pagesOf({ clock }: AccountsNeeds, { pages, seconds }: DeletionBudget): () => boolean {
  const endsAt = addSeconds(clock(), seconds);
  let taken = 0;
  return () => {
    taken += 1;
    return taken <= pages && clock() < endsAt;
  };
}

/** Erases the pages of one turn; the caller has taken the first page from the budget. True when the account is done. */
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
    // Starts again, to erase the data that came with the payment.
    position = null;
  }
  position = await erasePage(deps, account, position);
  for (let pages = 1; position !== null; pages += 1) {
    // Stored after every page, so that a crash repeats one page at most.
    await deps.accounts.setDeletion(account.id, { erasurePosition: position });
    if (pages >= PAGES_PER_TURN || !takePage()) return comeBack(deps, account, position, 0);
    position = await erasePage(deps, account, position);
  }
  if (await hasOpenPayment(deps, account.id)) return comeBack(deps, account, WAITING, RETRY_SECONDS);
  for (const { close } of deps.keepers) await close?.(account.id);
  await deps.accounts.setDeletion(account.id, { erasureDueAt: null, erasurePosition: null });
  return true;
}

/** Reschedules an account after all accounts that are due until then. */
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
