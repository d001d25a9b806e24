import type { TimePosition } from '@cloud-bridge/base';
import type { Account } from '../accounts/account.ts';
import type { OwnerBlock, UserStanding } from '../accounts/users.ts';

/** A document with the ids of many accounts, so that a check of all accounts takes one read per 2,000 accounts. */
export interface OwnerList {
  readonly accountIds: readonly string[];
  /** The blocked owners, by the account's place in the list; `unsure` while the account's freeze is being changed. */
  readonly blocked: Readonly<Record<string, OwnerBlock | 'unsure'>>;
}

export const EMPTY_LIST: OwnerList = { accountIds: [], blocked: {} };

/** The progress of the check of owners. */
export interface OwnerCheckState {
  /** The last account in the lists; null before the first. */
  readonly listedUntil: TimePosition | null;
  /** The number of lists. */
  readonly lists: number;
  /** The number of the list that is checked next. */
  readonly nextList: number;
}

/** Ids in one list. So many ids fit Firestore's limit of 1 MiB per document, whatever characters they consist of. */
export const LIST_SIZE = 2_000;

/** An account whose freeze has to change, with its owner's present block; null for an active owner. */
export interface OwnerChange {
  readonly accountId: string;
  readonly place: string;
  readonly block: OwnerBlock | null;
}

/** Returns why an owner can't act; null for an active owner. Without a standing, the user doesn't exist. */
export function blockOf(standing: UserStanding = 'deleted'): OwnerBlock | null {
  return standing === 'active' ? null : standing;
}

/** Returns the accounts of a list whose owners' blocks have changed since the last check. */
export function changesOf(list: OwnerList, standings: ReadonlyMap<string, UserStanding>): OwnerChange[] {
  return list.accountIds.flatMap((accountId, index) => {
    const place = String(index);
    const block = blockOf(standings.get(accountId));
    return block === (list.blocked[place] ?? null) ? [] : [{ accountId, place, block }];
  });
}

/** Returns the blocked owners of a list after changes. */
export function blockedAfter(
  blocked: OwnerList['blocked'],
  changes: readonly { readonly place: string; readonly block: OwnerBlock | 'unsure' | null }[],
): OwnerList['blocked'] {
  const after: Record<string, OwnerBlock | 'unsure'> = { ...blocked };
  for (const { place, block } of changes) {
    if (block) after[place] = block;
    else delete after[place];
  }
  return after;
}

/** Returns a list with further accounts and their present blocks. */
export function withAccounts(
  { accountIds, blocked }: OwnerList,
  accounts: readonly Pick<Account, 'id' | 'ownerBlock'>[],
): OwnerList {
  const blocks = accounts.flatMap(({ ownerBlock }, index) =>
    ownerBlock ? [[String(accountIds.length + index), ownerBlock] as const] : [],
  );
  return {
    accountIds: [...accountIds, ...accounts.map(({ id }) => id)],
    blocked: { ...blocked, ...Object.fromEntries(blocks) },
  };
}
