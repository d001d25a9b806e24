import type { Deps } from '../deps.ts';
import { runUnitOfWork, type UnitOfWork } from '../shared/unitOfWork.ts';
import type { DepositAddress } from './deposit.ts';
import { usdcOf } from './usdc.ts';

/**
 * The address that an account pays to: a new one on the first call, the same one ever after. The number that it is
 * derived from is taken from a count in the commit that writes the address, so no two accounts share one.
 * Throws 409 `USDC_NOT_CONFIGURED`.
 */
export async function allotAddress(deps: Deps, accountId: string): Promise<DepositAddress> {
  const { provider } = usdcOf(deps);
  const known = await deps.deposits.findAddress(accountId);
  if (known) return known;
  const createdAt = deps.clock();
  const allot = async (unit: UnitOfWork) => {
    const { address: existing, allottedCount } = await deps.deposits.findAllotmentIn(unit, accountId);
    if (existing) return existing;
    const index = allottedCount ?? 0;
    const allotted = { accountId, index, address: await provider.deriveAddress(index), createdAt };
    deps.deposits.allotIn(unit, allotted, allottedCount);
    return allotted;
  };
  return deps.deposits.allotInTurn(() => runUnitOfWork(deps.db, allot));
}
