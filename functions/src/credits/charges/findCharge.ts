import { hasLapsed, isReadOnly } from '@cloud-bridge/base';
import { expireHold } from '@cloud-bridge/ledger';
import { walletIdsOf } from '../../access/wallets/walletOfCaller.ts';
import { notFound } from '../../platform/errors/refusal.ts';
import type { Caller } from '../../platform/http/caller.ts';
import type { ChargedEntry } from './charge.ts';
import type { ChargesNeeds } from './needs.ts';

/**
 * Finds a charge that the caller may see: an owner sees all charges of the account, an API key sees its own.
 * @throws CHARGE_NOT_FOUND
 */
export async function findCharge(deps: ChargesNeeds, caller: Caller, chargeId: string): Promise<ChargedEntry> {
  for await (const walletId of walletIdsOf(deps, caller)) {
    const entry = await deps.wallets.readEntry({ accountId: caller.accountId, walletId }, chargeId);
    if (entry?.kind !== 'charge' && entry?.kind !== 'hold') continue;
    if (caller.kind === 'key' && entry.apiKeyId !== caller.keyId) continue;
    return entry;
  }
  throw notFound('CHARGE_NOT_FOUND');
}

/**
 * Finds a charge like {@link findCharge}, after expiring its hold if that has lapsed and the request may write.
 * @throws CHARGE_NOT_FOUND, WALLET_BUSY
 */
export async function findCurrentCharge(deps: ChargesNeeds, caller: Caller, chargeId: string): Promise<ChargedEntry> {
  const charge = await findCharge(deps, caller, chargeId);
  const now = deps.clock();
  if (charge.charge.status !== 'held' || isReadOnly() || !hasLapsed(charge.charge.holdExpiresAt, now)) return charge;
  await expireHold(deps, charge, now);
  return findCharge(deps, caller, chargeId);
}
