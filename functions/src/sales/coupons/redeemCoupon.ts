import { addSeconds, commandIds, type Idempotency, type IsoTime, runUnitOfWork } from '@cloud-bridge/base';
import { type CreditCommand, type CreditEntry, MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { assertUsable, type Coupon, normalizeCode } from './coupon.ts';
import { couponNotApplicable, couponNotFound } from './coupons.errors.ts';
import { limitAttempts } from './limitAttempts.ts';
import type { CouponsNeeds } from './needs.ts';

export interface RedeemedCoupon {
  readonly code: string;
  /** The ledger entry that granted the credits. */
  readonly entry: CreditEntry;
  readonly replayed: boolean;
}

const DAY_SECONDS = 24 * 60 * 60;

/**
 * Grants the credits of a coupon. Writes the coupon's count, the account's count, the wallet and the ledger entry in
 * one commit, so that exactly one of several concurrent requests gets the last use.
 * @throws COUPON_NOT_FOUND, COUPON_EXPIRED, COUPON_USED_UP, COUPON_ALREADY_USED, COUPON_NOT_APPLICABLE for a discount,
 *   IDEMPOTENCY_KEY_REUSED, RATE_LIMITED, WALLET_CLOSED, WALLET_FULL
 */
export async function redeemCoupon(
  deps: CouponsNeeds,
  caller: AccountCaller,
  request: { readonly code: string },
  idempotency: Idempotency,
): Promise<RedeemedCoupon> {
  await limitAttempts(deps, caller.accountId);
  const code = normalizeCode(request.code);
  const now = deps.clock();
  const address = { accountId: caller.accountId, walletId: MAIN_WALLET_ID };
  const ids = commandIds(address, idempotency);
  return runUnitOfWork(deps.db, async (unit) => {
    const found = await deps.coupons.findWithUsesIn(unit, code, caller.accountId);
    if (!found) throw couponNotFound();
    const staged = await deps.wallets.stageIn(unit, address, grantOf(found.coupon, ids, now));
    if (staged.isNew) {
      assertUsable(found.coupon, found.uses ?? 0, now);
      deps.coupons.countIn(unit, found, 1, now);
      staged.write();
    }
    return { code, entry: staged.result.entry, replayed: staged.result.replayed };
  });
}

function grantOf({ id, benefit }: Coupon, ids: ReturnType<typeof commandIds>, now: IsoTime): CreditCommand {
  if (benefit.type !== 'credits') throw couponNotApplicable('It is a discount: pass it as couponCode when you order.');
  const days = benefit.creditsExpireAfterDays;
  return {
    type: 'grant',
    ...ids,
    now,
    amountCredits: benefit.credits,
    source: 'promotion',
    expiresAt: days === null ? null : addSeconds(now, days * DAY_SECONDS),
    description: `Coupon ${id}`,
  };
}
