import { addSeconds, groupsOf } from '@cloud-bridge/base';
import { MAX_USERS_PER_LOOKUP, type UserStanding } from '../accounts/users.ts';
import { freezeForOwner } from './freezeForOwner.ts';
import type { OwnersNeeds } from './needs.ts';
import { blockOf, changesOf, type OwnerChange } from './ownerList.ts';

/** How much one run does; the next goes on from there. */
interface OwnerLimits {
  /** Lists that are checked in a run, unless there are fewer. */
  readonly lists: number;
  /** No further lists are begun after so many seconds. */
  readonly seconds: number;
  /** Part of them in which new accounts may be listed. */
  readonly listingSeconds: number;
}
const LIMITS: OwnerLimits = { lists: 1_000, seconds: 240, listingSeconds: 120 };

/** By then whoever makes an account has written it, and the clocks of all instances agree that it is past. */
const SETTLED_AFTER_SECONDS = 120;
/** How many accounts are put into lists in one commit. */
const LISTING_PAGE_SIZE = 1_000;
/** Lists that are checked at once, and the questions that are asked at once for each: twelve together. */
const LISTS_AT_ONCE = 4;
const LOOKUPS_AT_ONCE = 3;
const FREEZES_AT_ONCE = 10;

/** What a run of the check did. */
export interface OwnerSweep {
  readonly checkedLists: number;
  readonly changedAccounts: number;
}

/**
 * Freezes accounts whose owner was disabled or deleted in Firebase Auth, and lifts that freeze when the owner may act
 * again. It goes over all accounts, list after list; where it stopped is kept, so the next run goes on from there.
 * A list that fails is passed over until the next round, so that it keeps no other waiting; at the end that is thrown.
 */
export async function sweepOwners(deps: OwnersNeeds, limits: Partial<OwnerLimits> = {}): Promise<OwnerSweep> {
  const allowed = { ...LIMITS, ...limits };
  const startedAt = deps.clock();
  await listNewAccounts(deps, addSeconds(startedAt, allowed.listingSeconds));
  const endsAt = addSeconds(startedAt, allowed.seconds);
  const { lists, nextList } = await deps.ownerChecks.readState();
  const wanted = Math.min(lists, allowed.lists);
  let changedAccounts = await checkNewest(deps);
  let checkedLists = 0;
  const failures: unknown[] = [];
  while (checkedLists < wanted && deps.clock() < endsAt) {
    const first = nextList + checkedLists;
    const numbers = Array.from(
      { length: Math.min(LISTS_AT_ONCE, wanted - checkedLists) },
      (_, i) => (first + i) % lists,
    );
    for (const outcome of await Promise.allSettled(numbers.map((number) => checkList(deps, number)))) {
      if (outcome.status === 'fulfilled') changedAccounts += outcome.value;
      else failures.push(outcome.reason);
    }
    checkedLists += numbers.length;
    await deps.ownerChecks.writeNextList((nextList + checkedLists) % lists);
  }
  if (failures.length > 0) throw new Error(`${failures.length} lists of owners failed`, { cause: failures[0] });
  return { checkedLists, changedAccounts };
}

/** Puts accounts into lists that were made since the last time. */
async function listNewAccounts(deps: OwnersNeeds, endsAt: string): Promise<void> {
  const until = addSeconds(deps.clock(), -SETTLED_AFTER_SECONDS);
  let { listedUntil } = await deps.ownerChecks.readState();
  while (deps.clock() < endsAt) {
    const accounts = await deps.accounts.listCreated(listedUntil, until, LISTING_PAGE_SIZE);
    // Another run that is at it goes on.
    if (!(await deps.ownerChecks.append(listedUntil, accounts)) || accounts.length < LISTING_PAGE_SIZE) return;
    listedUntil = accounts.at(-1) ?? listedUntil;
  }
}

/** Checks the owners of accounts that are too young for a list; gives how many accounts were frozen or thawed. */
async function checkNewest(deps: OwnersNeeds): Promise<number> {
  const { listedUntil } = await deps.ownerChecks.readState();
  const accounts = await deps.accounts.listCreated(listedUntil, deps.clock(), LISTING_PAGE_SIZE);
  const standings = await standingsOf(
    deps,
    accounts.map(({ id }) => id),
  );
  return freezeAll(
    deps,
    accounts.flatMap(({ id: accountId, ownerBlock = null }) => {
      const block = blockOf(standings.get(accountId));
      return block === ownerBlock ? [] : [{ accountId, block }];
    }),
  );
}

/** Checks the owners of a list; gives how many accounts were frozen or thawed. */
async function checkList(deps: OwnersNeeds, number: number): Promise<number> {
  const list = await deps.ownerChecks.readList(number);
  const changes = changesOf(list, await standingsOf(deps, list.accountIds));
  if (changes.length === 0) return 0;
  await deps.ownerChecks.noteBegun(number, changes);
  const changed = await freezeAll(deps, changes);
  // Last: after a crash before this all of them are looked at again, and freezing again changes nothing.
  await deps.ownerChecks.noteChanges(number, changes);
  return changed;
}

async function freezeAll(deps: OwnersNeeds, changes: readonly Omit<OwnerChange, 'place'>[]): Promise<number> {
  let changed = 0;
  for (const group of groupsOf(changes, FREEZES_AT_ONCE)) {
    const outcomes = await Promise.all(group.map(({ accountId, block }) => freezeForOwner(deps, accountId, block)));
    changed += outcomes.filter(Boolean).length;
  }
  return changed;
}

async function standingsOf(
  deps: OwnersNeeds,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, UserStanding>> {
  const standings = new Map<string, UserStanding>();
  for (const group of groupsOf(groupsOf(accountIds, MAX_USERS_PER_LOOKUP), LOOKUPS_AT_ONCE)) {
    for (const found of await Promise.all(group.map((ids) => deps.users.findStandings(ids)))) {
      for (const [uid, standing] of found) standings.set(uid, standing);
    }
  }
  return standings;
}
