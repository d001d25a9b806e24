import type { Account } from '../accounts/account.ts';
import type { UserStanding } from '../accounts/users.ts';
import type { TimePosition } from '../shared/time.ts';

/** Why an owner can't act for their account: the user was disabled, or isn't there any more. */
export type OwnerBlock = Exclude<UserStanding, 'active'>;

/** Ids of accounts, in one document, so that going over all accounts costs a read for thousands of them. */
export interface OwnerList {
  readonly accountIds: readonly string[];
  /** The owners that were found blocked, by their place in the list; `unsure` while their freeze is being changed. */
  readonly blocked: Readonly<Record<string, OwnerBlock | 'unsure'>>;
}

export const EMPTY_LIST: OwnerList = { accountIds: [], blocked: {} };

/** How far the lists go, and where the check of them goes on. */
export interface OwnerCheckState {
  /** The last account that stands in a list; null before the first. */
  readonly listedUntil: TimePosition | null;
  /** How many lists there are. */
  readonly lists: number;
  /** The list that is checked next. */
  readonly nextList: number;
}

/** As many ids as fit a document of a mebibyte, whatever characters they have. */
export const LIST_SIZE = 2_000;

/** An account whose freeze has to change, and what its owner is now; null: the owner may act again. */
export interface OwnerChange {
  readonly accountId: string;
  readonly place: string;
  readonly block: OwnerBlock | null;
}

/** Why an owner can't act; null for one who can. Of whom nothing is known there is no user. */
export function blockOf(standing: UserStanding = 'deleted'): OwnerBlock | null {
  return standing === 'active' ? null : standing;
}

/** What has changed since the list was checked last. */
export function changesOf(list: OwnerList, standings: ReadonlyMap<string, UserStanding>): OwnerChange[] {
  return list.accountIds.flatMap((accountId, index) => {
    const place = String(index);
    const block = blockOf(standings.get(accountId));
    return block === (list.blocked[place] ?? null) ? [] : [{ accountId, place, block }];
  });
}

/** The blocked owners of a list after changes. */
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

/** A list with further accounts, and with the blocks that they have. */
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
