import { runUnitOfWork, type UnitOfWork } from '@cloud-bridge/base';
import type { DepositAddress } from './deposit.ts';
import type { DepositsNeeds } from './needs.ts';
import { usdcOf } from './usdcOf.ts';

/**
 * Returns the address that an account pays to. The first call stores the address, and later calls return the same one.
 * The address is derived from the account's id, so no two accounts share an address, and a restored database gets the
 * same addresses again. The count in the commit only numbers the addresses for the scan.
 * @throws USDC_NOT_CONFIGURED
 */
export async function allotAddress(deps: DepositsNeeds, accountId: string): Promise<DepositAddress> {
  const { provider } = usdcOf(deps);
  const known = await deps.deposits.findAddress(accountId);
  if (known) return known;
  const createdAt = deps.clock();
  const derived = await provider.deriveAddress(accountId);
  const allot = async (unit: UnitOfWork) => {
    const { address: existing, allottedCount } = await deps.deposits.findAllotmentIn(unit, accountId);
    if (existing) return existing;
    const index = allottedCount ?? 0;
    const allotted = { accountId, index, ...derived, createdAt };
    deps.deposits.allotIn(unit, allotted, allottedCount);
    return allotted;
  };
  return deps.deposits.allotInTurn(() => runUnitOfWork(deps.db, allot));
}
