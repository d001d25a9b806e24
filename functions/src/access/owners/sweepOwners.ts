import { addSeconds, groupsOf } from '@cloud-bridge/base';
import { MAX_USERS_PER_LOOKUP, type UserStanding } from '../accounts/users.ts';
import { freezeForOwner } from './freezeForOwner.ts';
import type { OwnersNeeds } from './needs.ts';
import { blockOf, changesOf, type OwnerChange } from './ownerList.ts';

/** Limits of one run; the next run continues where it stopped. */
interface OwnerLimits {
  /** Lists that one run checks at most. */
  readonly lists: number;
  /** Seconds after which a run checks no further lists. */
  readonly seconds: number;
  /** The part of these seconds that a run may spend on listing new accounts. */
  readonly listingSeconds: number;
}
const LIMITS: OwnerLimits = { lists: 1_000, seconds: 240, listingSeconds: 120 };

/** Seconds until an account is listed. By then its creation is committed, whatever the differences between clocks. */
const SETTLED_AFTER_SECONDS = 120;
/** Accounts that one commit adds to lists. */
const LISTING_PAGE_SIZE = 1_000;
/** Lists checked concurrently, and concurrent lookups in Firebase Auth for each list: twelve lookups in all. */
const LISTS_AT_ONCE = 4;
const LOOKUPS_AT_ONCE = 3;
const FREEZES_AT_ONCE = 10;

/** Totals of a run. */
export interface OwnerSweep {
  readonly checkedLists: number;
  readonly changedAccounts: number;
}

/**
 * Freezes accounts whose owner was disabled or deleted in Firebase Auth, and lifts that freeze when the owner is active
 * again. Checks all accounts, list after list; the next run continues where this run stopped. A list whose check fails
 * is skipped until the next round, so that it doesn't delay others; at the end of the run its error is thrown.
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
  if (failures.length > 0)
    throw new Error(`${failures.length} lists of owners could not be checked`, { cause: failures[0] });
  return { checkedLists, changedAccounts };
}

/** Adds accounts to the lists that were created since the last run. */
async function listNewAccounts(deps: OwnersNeeds, endsAt: string): Promise<void> {
  const until = addSeconds(deps.clock(), -SETTLED_AFTER_SECONDS);
  let { listedUntil } = await deps.ownerChecks.readState();
  while (deps.clock() < endsAt) {
    const accounts = await deps.accounts.listCreated(listedUntil, until, LISTING_PAGE_SIZE);
    // If another run is adding accounts, that run continues.
    if (!(await deps.ownerChecks.append(listedUntil, accounts)) || accounts.length < LISTING_PAGE_SIZE) return;
    listedUntil = accounts.at(-1) ?? listedUntil;
  }
}

/** Checks the owners of accounts that are too new for a list. Returns the number of accounts whose freeze changed. */
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

/** Checks the owners of a list. Returns the number of accounts whose freeze changed. */
async function checkList(deps: OwnersNeeds, number: number): Promise<number> {
  const list = await deps.ownerChecks.readList(number);
  const changes = changesOf(list, await standingsOf(deps, list.accountIds));
  if (changes.length === 0) return 0;
  await deps.ownerChecks.noteBegun(number, changes);
  const changed = await freezeAll(deps, changes);
  // Stored last: after a crash before this, all of them are checked again, and repeating a freeze changes nothing.
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
