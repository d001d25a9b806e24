import {
  addSeconds,
  dayOf,
  derivedId,
  type Idempotency,
  type IsoTime,
  idOfKey,
  randomId,
  runUnitOfWork,
  type UnitOfWork,
} from '@cloud-bridge/base';
import { type CreditCommand, MAIN_WALLET_ID, type Wallet } from '@cloud-bridge/ledger';
import type { Catalog } from '../../catalog/catalog.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { type CheckIn, nextCheckInAt, rewardOf, streakAfter } from './checkIn.ts';
import { alreadyCheckedIn, checkInNeedsPurchase, checkInNeedsVerifiedEmail } from './checkin.errors.ts';
import type { CheckinNeeds } from './needs.ts';

const DAY_SECONDS = 24 * 60 * 60;

export interface PostedCheckIn {
  readonly checkIn: CheckIn;
  readonly replayed: boolean;
}

/**
 * Gives the bonus of the present UTC day; one commit writes the check-in, the wallet and the entry. The entry's id
 * derives from the day, so each day gives its bonus once, even for concurrent and different requests.
 * @throws CHECKIN_NEEDS_PURCHASE, CHECKIN_NEEDS_VERIFIED_EMAIL, ALREADY_CHECKED_IN
 */
export async function postCheckIn(
  deps: CheckinNeeds,
  { accountId }: AccountCaller,
  { key }: Pick<Idempotency, 'key'>,
): Promise<PostedCheckIn> {
  const { checkin } = await deps.catalog.current();
  const now = deps.clock();
  const requestKey = key && idOfKey({ account: accountId }, 'req', key);
  const commandId = randomId('cmd');
  await requirePurchase(deps, accountId, checkin, now);
  await requireVerifiedEmail(deps, accountId, checkin);
  return runUnitOfWork(deps.db, async (unit) => {
    const latest = await deps.checkIns.findIn(unit, accountId);
    if (latest && requestKey !== null && latest.requestKey === requestKey) return { checkIn: latest, replayed: true };
    if (latest && latest.day >= dayOf(now)) throw alreadyCheckedIn(nextCheckInAt(latest, now));
    const streakDays = streakAfter(latest, dayOf(now));
    const draft = { accountId, day: dayOf(now), streakDays, rewardCredits: rewardOf(checkin, streakDays) };
    const transactionId = await grantIn(unit, deps, draft, checkin, commandId, now);
    const checkIn: CheckIn = { ...draft, transactionId, requestKey, checkedInAt: now };
    deps.checkIns.writeIn(unit, latest, checkIn);
    return { checkIn, replayed: false };
  });
}

/**
 * Requires a purchase. The wallet is read before the commit, so after a refund in between the account gets at most one
 * bonus too many.
 */
async function requirePurchase(
  deps: CheckinNeeds,
  accountId: string,
  { requiresPurchase }: Catalog['checkin'],
  now: IsoTime,
): Promise<void> {
  if (requiresPurchase && !hasBought(await deps.wallets.read({ accountId, walletId: MAIN_WALLET_ID }, now))) {
    throw checkInNeedsPurchase();
  }
}

/**
 * Requires a verified email address. Firebase Auth is asked directly, so that a verification counts at once, for
 * management keys too.
 */
async function requireVerifiedEmail(
  deps: CheckinNeeds,
  accountId: string,
  { requiresVerifiedEmail }: Catalog['checkin'],
): Promise<void> {
  if (requiresVerifiedEmail && (await deps.users.findVerifiedEmail(accountId)) === null) {
    throw checkInNeedsVerifiedEmail();
  }
}

/** True for a wallet with purchases that were not all refunded or disputed. */
function hasBought({ totals }: Pick<Wallet, 'totals'>): boolean {
  return totals.purchasedCredits + totals.reinstatedCredits > totals.revokedCredits;
}

async function grantIn(
  unit: UnitOfWork,
  deps: CheckinNeeds,
  { accountId, day, rewardCredits }: Pick<CheckIn, 'accountId' | 'day' | 'rewardCredits'>,
  { creditsExpireAfterDays: days }: Catalog['checkin'],
  commandId: string,
  now: IsoTime,
): Promise<string | null> {
  if (rewardCredits === 0) return null;
  const command: CreditCommand = {
    type: 'grant',
    entryId: derivedId('chk', accountId, day),
    commandId,
    requestHash: day,
    now,
    amountCredits: rewardCredits,
    source: 'promotion',
    expiresAt: days === null ? null : addSeconds(now, days * DAY_SECONDS),
    description: 'Daily check-in',
  };
  const staged = await deps.wallets.stageIn(unit, { accountId, walletId: MAIN_WALLET_ID }, command);
  staged.write();
  return staged.result.entry.id;
}
