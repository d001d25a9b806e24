import { topUpForMicros } from '../../catalog/topUp.ts';
import { creditIfPossible } from './creditDeposit.ts';
import { type DepositAddress, depositsTo, isCreditableAmount } from './deposit.ts';
import type { ListedTransfer } from './depositProvider.ts';
import type { DepositsNeeds } from './needs.ts';
import { advanced, firstCursor, narrowed, type ScanStep, stepAfter } from './scanCursor.ts';
import { usdcOf } from './usdcOf.ts';

/** Addresses per request to the node. */
const ADDRESSES_PER_STEP = 200;
/** Transfers below the minimum that one log line names: the largest ones, because a large one may be a mistake. */
const TOO_SMALL_NAMED = 20;

/** Limits of one run; the next run continues. */
interface ScanLimits {
  readonly steps: number;
  /** Transactions between two writes of the cursor. A single block is processed whole. */
  readonly transactionsPerStep: number;
  /**
   * Transactions after which a run starts no other step. Each takes about four requests, so that a run stays well
   * within its nine minutes.
   */
  readonly transactions: number;
}
const LIMITS: ScanLimits = { steps: 60, transactionsPerStep: 200, transactions: 800 };

/**
 * Scans the blocks that were confirmed since the last run for unclaimed deposits, and credits them as a claim would,
 * for the scheduled function. Claims and other scans may run at the same time. The cursor moves only past finished
 * work: after a failure, a crash or beside another run, a deposit may be visited twice, which changes nothing, but none
 * is skipped. Doesn't throw when the node can't be reached. Returns the number of deposits credited.
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
 * Lists the transactions that brought creditable amounts to these addresses, in the order of the chain. Returns null
 * when the node refuses, because the range may be too long for it.
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
 * Returns the transactions with a transfer of at least the catalog's minimum. Smaller transfers cost their sender
 * almost nothing, and there may be thousands: one log line reports them to an operator, and the chain isn't asked about
 * each.
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

/** Credits a transaction's deposits to any of these addresses; returns the number of deposits credited by this call. */
async function creditTransaction(
  deps: DepositsNeeds,
  txHash: string,
  addresses: readonly DepositAddress[],
): Promise<number> {
  const { provider, chain, confirmations } = usdcOf(deps);
  const truth = await provider.fetchTransaction(txHash);
  if (truth.status !== 'succeeded' || truth.confirmations < confirmations) {
    // Nodes behind one endpoint may disagree for a moment; the next run tries again.
    throw new Error(`transaction ${txHash} was listed as confirmed, but its status is ${truth.status}`);
  }
  let credited = 0;
  for (const { accountId, address } of addresses) {
    for (const deposit of depositsTo(address, truth.transfers, { chain, txHash })) {
      credited += Number(await creditIfPossible(deps, accountId, deposit));
    }
  }
  return credited;
}
