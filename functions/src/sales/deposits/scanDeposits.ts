import { topUpForMicros } from '../../catalog/topUp.ts';
import { creditIfPossible } from './creditDeposit.ts';
import { type DepositAddress, depositsTo, isCreditableAmount } from './deposit.ts';
import type { ListedTransfer } from './depositProvider.ts';
import type { DepositsNeeds } from './needs.ts';
import { advanced, firstCursor, narrowed, type ScanStep, stepAfter } from './scanCursor.ts';
import { usdcOf } from './usdcOf.ts';

/** How many addresses are asked about at once. */
const ADDRESSES_PER_STEP = 200;
/** How many transfers that are too small are named in the log, of however many: the largest, which may be a mistake. */
const TOO_SMALL_NAMED = 20;

/** How much one run does; the next goes on from there. */
interface ScanLimits {
  readonly steps: number;
  /** Transactions that are asked about between two notes of how far the scan is; one block is done as a whole. */
  readonly transactionsPerStep: number;
  /** No step is begun after so many: some four questions each, well within the nine minutes that a run has. */
  readonly transactions: number;
}
const LIMITS: ScanLimits = { steps: 60, transactionsPerStep: 200, transactions: 800 };

/**
 * Looks through the blocks that were confirmed since the last time for deposits that nobody claimed, and credits them
 * as a claim would; both may come at once. Says how many were credited. What the scheduled function does. The cursor
 * moves only past what is done: after a failure or a crash, and beside another run, something may be looked at twice,
 * which changes nothing, but nothing is passed over. Throws nothing for a chain that can't be asked.
 */
export async function scanDeposits(deps: DepositsNeeds, limits: Partial<ScanLimits> = {}): Promise<number> {
  if (!deps.usdc) return 0;
  const allowed = { ...LIMITS, ...limits };
  let credited = 0;
  try {
    const { provider, chain, confirmations } = usdcOf(deps);
    const confirmedBlock = (await provider.fetchHead()) - confirmations + 1;
    let cursor = (await deps.deposits.readCursor(chain)) ?? firstCursor(confirmedBlock);
    let transactions = 0;
    for (let steps = 0; steps < allowed.steps && transactions < allowed.transactions; steps += 1) {
      const step = stepAfter(cursor, confirmedBlock);
      if (!step) break;
      const addresses = await deps.deposits.listAddresses(step.afterIndex, ADDRESSES_PER_STEP);
      const txHashes = await listTransactions(deps, step, addresses);
      if (txHashes && (txHashes.length <= allowed.transactionsPerStep || step.fromBlock === step.toBlock)) {
        for (const txHash of txHashes) credited += await creditTransaction(deps, txHash, addresses);
        transactions += txHashes.length;
        const isWhole = addresses.length < ADDRESSES_PER_STEP;
        cursor = advanced(cursor, step, isWhole ? null : (addresses.at(-1)?.index ?? null));
      } else cursor = narrowed(cursor);
      await deps.deposits.writeCursor(chain, cursor);
      if (!txHashes) break;
    }
  } catch (error) {
    deps.logger.error('deposits could not be scanned', { cause: String(error) });
  }
  return credited;
}

/**
 * Transactions that brought these addresses something to credit, the earliest first; null when the node refuses to say,
 * for which the range may be too long.
 */
async function listTransactions(
  deps: DepositsNeeds,
  { fromBlock, toBlock }: ScanStep,
  addresses: readonly DepositAddress[],
): Promise<string[] | null> {
  if (addresses.length === 0) return [];
  try {
    const { provider } = usdcOf(deps);
    const to = addresses.map(({ address }) => address);
    return await worthALook(deps, await provider.listTransfers({ fromBlock, toBlock }, to));
  } catch (error) {
    deps.logger.error('deposits could not be listed', { fromBlock, toBlock, cause: String(error) });
    return null;
  }
}

/**
 * What is below the catalog's minimum costs its sender next to nothing, and there may be thousands of it: it is left to
 * an operator, in one line, and the chain isn't asked about each.
 */
async function worthALook(deps: DepositsNeeds, listed: readonly ListedTransfer[]): Promise<string[]> {
  const catalog = await deps.catalog.current();
  const { enough = [], tooSmall = [] } = Object.groupBy(
    listed.filter(({ amountMicros }) => isCreditableAmount(amountMicros)),
    ({ amountMicros }) => (topUpForMicros(catalog, Number(amountMicros)) ? 'enough' : 'tooSmall'),
  );
  if (tooSmall.length > 0) {
    const largest = tooSmall
      .map((transfer) => ({ ...transfer, amountMicros: Number(transfer.amountMicros) }))
      .sort((one, other) => other.amountMicros - one.amountMicros)
      .slice(0, TOO_SMALL_NAMED);
    deps.logger.error('deposits were not credited', { code: 'AMOUNT_TOO_SMALL', count: tooSmall.length, largest });
  }
  return [...new Set(enough.map(({ txHash }) => txHash))];
}

/** Credits what a transaction brought to any of these addresses; says how many deposits were credited now. */
async function creditTransaction(
  deps: DepositsNeeds,
  txHash: string,
  addresses: readonly DepositAddress[],
): Promise<number> {
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
