import type { TimePosition } from '@cloud-bridge/base';
import type { ErasePage } from './keeper.ts';

/** Documents that a step of an erasure changes in one commit. */
export const ERASED_AT_ONCE = 200;
/** Documents per page in steps that need a commit for each document, such as those of keys and subscriptions. */
export const ERASED_SINGLY = 20;

/** The position of steps that delete documents: the remaining documents are at the front. */
const FROM_THE_FRONT = '';

/** Makes a step that erases everything in one call. */
export function inOneGo<Account extends { readonly id: string }>(
  erase: (account: Account) => Promise<void>,
): ErasePage<Account> {
  return async (account) => {
    await erase(account);
    return null;
  };
}

/**
 * Makes a step that deletes page after page.
 * @param deletePage returns true if there may be more
 */
export function untilGone(deletePage: (accountId: string) => Promise<boolean>): ErasePage {
  return async ({ id }) => ((await deletePage(id)) ? FROM_THE_FRONT : null);
}

/** Parses the position of an erasure step in a list ordered by time. */
export function timeOfStep(after: string | null): TimePosition | undefined {
  const [createdAt, id] = after?.split('/') ?? [];
  return createdAt !== undefined && id !== undefined ? { createdAt, id } : undefined;
}

/** Returns the position after a page of a list ordered by time; null after a page that isn't full. */
export function stepAfter(page: readonly TimePosition[], limit: number): string | null {
  const last = page.at(-1);
  return last && page.length === limit ? `${last.createdAt}/${last.id}` : null;
}
