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

/** Timeout of a call; with one retry, the few calls of a request stay well below a function's minute. */
const TIMEOUT_MS = 6_000;
const MAX_RETRIES = 1;
const RETRY_DELAY_MS = 250;

const TRANSFER = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)');
const TRANSFER_TOPIC = toEventSelector(TRANSFER);
/** Number of topics: event, sender and recipient. Transfers of indivisible tokens (NFTs) have a fourth topic. */
const TRANSFER_TOPICS = 3;

/** Reads deposits of USDC from a node of a chain over JSON-RPC. */
export class ViemDeposits implements DepositProvider {
  readonly #chain: UsdcChain;
  readonly #rpcUrl: string;
  readonly #client: Client;
  /** Sends concurrent calls in one HTTP request. */
  readonly #batchingClient: Client;
  readonly #key: HDKey;
  #isKnownToBeTheChain = false;

  /** @param xpub the extended public key (BIP-32) from which all addresses are derived, by the path of the account */
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
    // Read the head before checking the block: a head that is read later may be of a fork that replaced the block.
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
      // The same request asks for the last block: a node that lags behind would list nothing, and that must be noticed.
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
    // An address is the last 20 of a topic's 32 bytes.
    return [{ position, isUsdc, toAddress: `0x${recipient.slice(-40)}`, amountMicros: BigInt(data) }];
  }

  /** Returns the node's answer; null if the node doesn't have the transaction, receipt or block. */
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

  /** Asks the node, after checking that it is of this chain: on another chain, an address may have another meaning. */
  async #ask<T>(call: (client: Client) => Promise<T>): Promise<T> {
    try {
      if (!this.#isKnownToBeTheChain && (await getChainId(this.#client)) !== this.#chain.id) throw wrongChain();
      this.#isKnownToBeTheChain = true;
      return await call(this.#client);
    } catch (error) {
      // The node's URL contains an API key, which viem's errors and the node's answers may repeat.
      throw hasCode(error) ? error : providerUnavailable(cleanErrorOf(this.#rpcUrl, error));
    }
  }
}
