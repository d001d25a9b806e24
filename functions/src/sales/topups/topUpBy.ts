import type { Idempotency } from '@cloud-bridge/base';
import { topUpOf } from '../../catalog/topUp.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { findPaymentAddress, type PaymentAddress } from '../deposits/findPaymentAddress.ts';
import type { TopupsNeeds } from './needs.ts';
import { type StartedTopUp, startTopUp } from './startTopUp.ts';
import { type CreateTopUpRequest, TOP_UP_METHOD } from './topups.schemas.ts';

/** A top-up in USDC: the address to pay to and the amount. The order is made when the deposit arrives. */
interface AnnouncedTopUp extends PaymentAddress {
  readonly order: null;
  readonly amount: number;
  readonly replayed: false;
}

/** A top-up by any method. */
export type AnyTopUp = StartedTopUp | AnnouncedTopUp;

/**
 * Starts a top-up by the method that the request names.
 * @throws what {@link startTopUp} throws; for USDC AMOUNT_TOO_SMALL, UNKNOWN_CURRENCY and USDC_NOT_CONFIGURED
 */
export async function topUpBy(
  deps: TopupsNeeds,
  caller: AccountCaller,
  request: CreateTopUpRequest,
  idempotency: Idempotency,
): Promise<AnyTopUp> {
  const { method, amount, currency } = request;
  if (method !== TOP_UP_METHOD.deposit) return startTopUp(deps, caller, { ...request, method }, idempotency);
  topUpOf(await deps.catalog.current(), amount, currency);
  return { ...(await findPaymentAddress(deps, caller.accountId)), amount, order: null, replayed: false };
}
