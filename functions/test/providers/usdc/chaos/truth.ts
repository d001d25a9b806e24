import type { Hex } from 'viem';
import { USDC_CHAINS } from '../../../../src/sales/payments/usdcChains.ts';
import { CONFIRMATIONS, type TestChain } from '../chain/TestChain.ts';

/** keccak-256 of `Transfer(address,address,uint256)`. */
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

interface Log {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

interface Block {
  readonly transactions: readonly Hex[];
}

/** A transfer of USDC that is confirmed. */
export interface ConfirmedTransfer {
  readonly txHash: string;
  /** Its place among what the transaction logged. */
  readonly position: number;
  /** In lower case. */
  readonly toAddress: string;
  readonly amountMicros: bigint;
}

/** Every confirmed transfer of USDC that the chain has in the end, from the receipts of all of its blocks. */
export async function confirmedTransfers(chain: TestChain): Promise<ConfirmedTransfer[]> {
  const lastBlock = (await chain.head()) - CONFIRMATIONS + 1;
  const numbers = Array.from({ length: lastBlock + 1 }, (_, number) => number);
  const blocks = await Promise.all(
    numbers.map((number) => chain.request<Block>('eth_getBlockByNumber', `0x${number.toString(16)}`, false)),
  );
  const hashes = blocks.flatMap(({ transactions }) => transactions);
  const transfers = await Promise.all(hashes.map((hash) => transfersOf(chain, hash)));
  return transfers.flat();
}

async function transfersOf(chain: TestChain, txHash: Hex): Promise<ConfirmedTransfer[]> {
  const { logs } = await chain.request<{ logs: readonly Log[] }>('eth_getTransactionReceipt', txHash);
  return logs.flatMap(({ address, topics, data }, position) => {
    const isUsdc = address.toLowerCase() === USDC_CHAINS.base.tokenAddress.toLowerCase();
    if (!isUsdc || topics[0] !== TRANSFER) return [];
    return [{ txHash, position, toAddress: `0x${topics[2]?.slice(-40)}`, amountMicros: BigInt(data) }];
  });
}
