import { ECDH } from 'node:crypto';
import { cleanErrorOf } from '@cloud-bridge/base';
import {
  BlockNotFoundError,
  type Client,
  createClient,
  http,
  type Log,
  parseAbiItem,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  toEventSelector,
} from 'viem';
import { HDKey, publicKeyToAddress } from 'viem/accounts';
import { getBlock, getBlockNumber, getChainId, getLogs, getTransaction, getTransactionReceipt } from 'viem/actions';
import { hasCode } from '../../platform/errors/refusal.ts';
import type {
  BlockRange,
  DepositProvider,
  ListedTransfer,
  TokenTransfer,
  TransactionTruth,
} from '../../sales/deposits/depositProvider.ts';
import { providerUnavailable } from '../../sales/payments/payments.errors.ts';
import type { UsdcChain } from '../../sales/payments/usdcChains.ts';
import { accountPath } from './accountPath.ts';
import { wrongChain } from './usdc.errors.ts';

/** With its one retry, and a few calls for each request, well within the minute that a function has. */
const TIMEOUT_MS = 6_000;
const MAX_RETRIES = 1;
const RETRY_DELAY_MS = 250;

const TRANSFER = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)');
const TRANSFER_TOPIC = toEventSelector(TRANSFER);
/** The event's own, sender and recipient; a token that isn't divisible has a fourth. */
const TRANSFER_TOPICS = 3;

/** Deposits of USDC on a chain, read from a node of it over JSON-RPC. */
export class ViemDeposits implements DepositProvider {
  readonly #chain: UsdcChain;
  readonly #rpcUrl: string;
  readonly #client: Client;
  /** Sends what is asked at once in one request. */
  readonly #batchingClient: Client;
  readonly #key: HDKey;
  #isKnownToBeTheChain = false;

  /** @param xpub what all addresses are derived from (BIP-32), each by the path of its account */
  constructor(chain: UsdcChain, rpcUrl: string, xpub: string) {
    this.#chain = chain;
    this.#rpcUrl = rpcUrl;
    this.#key = HDKey.fromExtendedKey(xpub);
    const patience = { timeout: TIMEOUT_MS, retryCount: MAX_RETRIES, retryDelay: RETRY_DELAY_MS };
    this.#client = createClient({ transport: http(rpcUrl, patience) });
    this.#batchingClient = createClient({ transport: http(rpcUrl, { ...patience, batch: true }) });
  }

  async deriveAddress(accountId: string) {
    const path = accountPath(accountId);
    const { publicKey } = path.reduce((key, index) => key.deriveChild(index), this.#key);
    if (!publicKey) throw new Error(`there is no key at ${path.join('/')}`);
    const whole = ECDH.convertKey(Buffer.from(publicKey), 'secp256k1', undefined, 'hex', 'uncompressed');
    return { address: publicKeyToAddress(`0x${whole as string}`), path };
  }

  async fetchTransaction(txHash: string): Promise<TransactionTruth> {
    const hash = txHash as `0x${string}`;
    const receipt = await this.#find((client) => getTransactionReceipt(client, { hash }));
    if (!receipt) {
      const transaction = await this.#find((client) => getTransaction(client, { hash }));
      return { status: transaction ? 'waiting' : 'unknown' };
    }
    const { blockNumber, blockHash, status, logs } = receipt;
    // Before the block is looked at: blocks that come after that may be in the place of this one.
    const confirmations = (await this.fetchHead()) - Number(blockNumber) + 1;
    const block = await this.#find((client) => getBlock(client, { blockNumber }));
    if (block?.hash !== blockHash) return { status: 'reorganised' };
    if (status !== 'success') return { status: 'failed' };
    return {
      status: 'succeeded',
      confirmations,
      transfers: logs.flatMap((log, index) => this.#transferIn(log, index)),
    };
  }

  async fetchHead(): Promise<number> {
    return Number(await this.#ask((client) => getBlockNumber(client, { cacheTime: 0 })));
  }

  async listTransfers({ fromBlock, toBlock }: BlockRange, addresses: readonly string[]): Promise<ListedTransfer[]> {
    const logs = await this.#ask(async () => {
      const listed = getLogs(this.#batchingClient, {
        address: this.#chain.tokenAddress,
        event: TRANSFER,
        args: { to: addresses as `0x${string}`[] },
        fromBlock: BigInt(fromBlock),
        toBlock: BigInt(toBlock),
        strict: true,
      });
      // One node answers both: one that lags behind would list nothing, and be believed.
      const last = getBlock(this.#batchingClient, { blockNumber: BigInt(toBlock) });
      return (await Promise.all([listed, last]))[0];
    });
    return logs.map(({ transactionHash, args }) => ({
      txHash: transactionHash.toLowerCase(),
      toAddress: args.to,
      amountMicros: args.value,
    }));
  }

  #transferIn({ address, topics, data }: Log, position: number): TokenTransfer[] {
    const [event, , recipient] = topics;
    if (event !== TRANSFER_TOPIC || topics.length !== TRANSFER_TOPICS || !recipient || data === '0x') return [];
    const isUsdc = address.toLowerCase() === this.#chain.tokenAddress.toLowerCase();
    // An address is the last twenty bytes of a topic's thirty-two.
    return [{ position, isUsdc, toAddress: `0x${recipient.slice(-40)}`, amountMicros: BigInt(data) }];
  }

  /** What the node has; null for what it says that there isn't. */
  async #find<T>(call: (client: Client) => Promise<T>): Promise<T | null> {
    return this.#ask((client) =>
      call(client).catch((error: unknown) => {
        const isMissing =
          error instanceof TransactionReceiptNotFoundError ||
          error instanceof TransactionNotFoundError ||
          error instanceof BlockNotFoundError;
        if (isMissing) return null;
        throw error;
      }),
    );
  }

  /** Asks the node, once it is known to be one of this chain: the same address may be something else on another. */
  async #ask<T>(call: (client: Client) => Promise<T>): Promise<T> {
    try {
      if (!this.#isKnownToBeTheChain && (await getChainId(this.#client)) !== this.#chain.id) throw wrongChain();
      this.#isKnownToBeTheChain = true;
      return await call(this.#client);
    } catch (error) {
      // The address has a key in it, which viem's errors name, and the node's own words may repeat.
      throw hasCode(error) ? error : providerUnavailable(cleanErrorOf(this.#rpcUrl, error));
    }
  }
}
