import type { TimePosition } from '@cloud-bridge/base';
import type { ErasePage } from './keeper.ts';

/** How many documents a step of an erasure changes in one commit. */
export const ERASED_AT_ONCE = 200;
/** For steps that take a commit for each document, as with keys and subscriptions. */
export const ERASED_SINGLY = 20;

/** Where a page only deletes, whatever is left stands at the front. */
const FROM_THE_FRONT = '';

/** A step that is done in one go. */
export function inOneGo<Account extends { readonly id: string }>(
  erase: (account: Account) => Promise<void>,
): ErasePage<Account> {
  return async (account) => {
    await erase(account);
    return null;
  };
}

/** A step that deletes page after page. @param deletePage true when there may be more */
export function untilGone(deletePage: (accountId: string) => Promise<boolean>): ErasePage {
  return async ({ id }) => ((await deletePage(id)) ? FROM_THE_FRONT : null);
}

/** The position of an erasure as a place in a list by time. */
export function timeOfStep(after: string | null): TimePosition | undefined {
  const [createdAt, id] = after?.split('/') ?? [];
  return createdAt !== undefined && id !== undefined ? { createdAt, id } : undefined;
}

/** Where an erasure goes on after a page of a list by time; null after a page that isn't full. */
export function stepAfter(page: readonly TimePosition[], limit: number): string | null {
  const last = page.at(-1);
  return last && page.length === limit ? `${last.createdAt}/${last.id}` : null;
}
