import type { Deps } from '../deps.ts';
import { creditIfPossible } from './creditDeposit.ts';
import { type DepositAddress, depositsTo } from './deposit.ts';
import { advanced, firstCursor, narrowed, type ScanStep, stepAfter } from './scanCursor.ts';
import { usdcOf } from './usdc.ts';

/** How many addresses are asked about at once. */
const ADDRESSES_PER_STEP = 200;
/** How many steps one run takes; the next goes on from there. */
const STEPS_PER_RUN = 60;

/**
 * Looks through the blocks that were confirmed since the last time for deposits that nobody claimed, and credits them as
 * a claim would; both may come at once. Says how many were credited. What the scheduled function does.
 * The cursor moves only past what is done: after a failure or a crash, and beside another run, something may be looked at
 * twice, which changes nothing, but nothing is passed over. Throws nothing for a chain that can't be asked.
 */
export async function scanDeposits(deps: Deps, stepsPerRun = STEPS_PER_RUN): Promise<number> {
  if (!deps.usdc) return 0;
  let credited = 0;
  try {
    const { provider, chain, confirmations } = usdcOf(deps);
    const confirmedBlock = (await provider.fetchHead()) - confirmations + 1;
    let cursor = (await deps.deposits.readCursor(chain)) ?? firstCursor(confirmedBlock);
    for (let steps = 0; steps < stepsPerRun; steps += 1) {
      const step = stepAfter(cursor, confirmedBlock);
      if (!step) break;
      const addresses = await deps.deposits.listAddresses(step.afterIndex, ADDRESSES_PER_STEP);
      const txHashes = await listTransactions(deps, step, addresses);
      if (txHashes === null) {
        await deps.deposits.writeCursor(chain, narrowed(cursor));
        break;
      }
      for (const txHash of txHashes) credited += await creditTransaction(deps, txHash, addresses);
      const isWhole = addresses.length < ADDRESSES_PER_STEP;
      cursor = advanced(cursor, step, isWhole ? null : (addresses.at(-1)?.index ?? null));
      await deps.deposits.writeCursor(chain, cursor);
    }
  } catch (error) {
    deps.logger.error('deposits could not be scanned', { cause: String(error) });
  }
  return credited;
}

/** What brought something to these addresses; null when the node refuses to say, for which the range may be too long. */
async function listTransactions(
  deps: Deps,
  { fromBlock, toBlock }: ScanStep,
  addresses: readonly DepositAddress[],
): Promise<string[] | null> {
  if (addresses.length === 0) return [];
  try {
    const { provider } = usdcOf(deps);
    return await provider.listTransactions(
      { fromBlock, toBlock },
      addresses.map(({ address }) => address),
    );
  } catch (error) {
    deps.logger.error('deposits could not be listed', { fromBlock, toBlock, cause: String(error) });
    return null;
  }
}

/** Credits what a transaction brought to any of these addresses; says how many deposits were credited now. */
async function creditTransaction(deps: Deps, txHash: string, addresses: readonly DepositAddress[]): Promise<number> {
  const { provider, chain, confirmations } = usdcOf(deps);
  const truth = await provider.fetchTransaction(txHash);
  if (truth.status !== 'succeeded' || truth.confirmations < confirmations) {
    // Nodes behind one address may not agree for a moment; the next run looks again.
    throw new Error(`transaction ${txHash} was listed as confirmed, and is ${truth.status}`);
  }
  let credited = 0;
  for (const { accountId, address } of addresses) {
    for (const deposit of depositsTo(address, truth.transfers, { chain, txHash })) {
      credited += Number(await creditIfPossible(deps, accountId, deposit));
    }
  }
  return credited;
}
