import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { encodeFunctionData, type Hex } from 'viem';
import { USDC_CHAINS } from '../../../../src/sales/payments/usdcChains.ts';
import { type Contract, type ContractName, compileTokens } from './compile.ts';
import { post } from './post.ts';
import { RpcProxy } from './RpcProxy.ts';

/**
 * The parent m/44'/60'/0'/0 of the addresses of the mnemonic "test test test test test test test test test test test
 * junk".
 */
export const XPUB =
  'xpub6DyUKdwoLWmUJ4Tn9Bbsdtx7B5Ws18mEN19e5HT52ikE53FiUheSQXrZUNPovqfyKmw4579A1Mm3GXXKM39N64uooBfJ4tNAzFsEbodRTx4';

/** Blocks from that of a transaction on after which it counts. */
export const CONFIRMATIONS = 5;

/**
 * Fixed, so that the same transfer is the same transaction after a reorganisation; and of what fails it can't be
 * foreseen.
 */
const GAS = '0x2dc6c0';
const GAS_PRICE = '0x2540be400';

/** A real node of a chain of its own, which says that it is Base and has a dollar where Base has Circle's. */
export class TestChain {
  /** Where the backend finds the node. */
  readonly proxy: RpcProxy;
  /** Who has coins on it, and pays. */
  accounts: readonly Hex[] = [];
  readonly #node: ChildProcess;
  readonly #url: string;
  #minesAtOnce = true;
  readonly #contracts: Readonly<Record<ContractName, Contract>> = compileTokens();

  private constructor(node: ChildProcess, url: string, proxy: RpcProxy) {
    this.#node = node;
    this.#url = url;
    this.proxy = proxy;
  }

  static async start(): Promise<TestChain> {
    // The addresses that the backend derives belong to nobody here.
    const mnemonic = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
    const args = [
      ...['--host', '127.0.0.1', '--port', '0', '--chain-id', '8453'],
      ...['--mnemonic', mnemonic, '--accounts', '20'],
      // Blocks are made when they are asked for, and everything that waits fits into one.
      ...['--no-mining', '--disable-block-gas-limit'],
      // Later ones write each block's hash to the state, whose root takes the longer the more blocks there are.
      ...['--hardfork', 'shanghai'],
    ];
    const node = fork(join(__dirname, 'anvil.cjs'), args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
    const url = await addressOf(node);
    const chain = new TestChain(node, url, await RpcProxy.start(url));
    // It would describe every call.
    await chain.request('anvil_setLoggingEnabled', false);
    chain.accounts = await chain.request<Hex[]>('eth_accounts');
    await chain.request('anvil_setCode', USDC_CHAINS.base.tokenAddress, chain.#contracts.Dollar.code);
    return chain;
  }

  async stop(): Promise<void> {
    this.proxy.stop();
    const ended = once(this.#node, 'exit');
    this.#node.disconnect();
    await ended;
  }

  /** Calls the node itself. */
  async request<T = unknown>(method: string, ...params: unknown[]): Promise<T> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const { result, error } = JSON.parse(await post(this.#url, body)) as { result: T; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async mine(blocks = CONFIRMATIONS): Promise<void> {
    await this.request('anvil_mine', `0x${blocks.toString(16)}`);
  }

  async head(): Promise<number> {
    return Number(await this.request<Hex>('eth_blockNumber'));
  }

  snapshot(): Promise<string> {
    return this.request<string>('evm_snapshot');
  }

  /** Takes back every block since a snapshot. */
  async revert(snapshot: string): Promise<void> {
    await this.request('evm_revert', snapshot);
  }

  /** Transfers USDC from somebody to an address; gives the hash. */
  async pay(address: string, amountMicros: number | bigint): Promise<Hex> {
    return this.payEach([[address, amountMicros]]);
  }

  /** Several transfers in one transaction. */
  async payEach(transfers: readonly (readonly [string, number | bigint])[], token?: Hex): Promise<Hex> {
    const to = token ?? USDC_CHAINS.base.tokenAddress;
    const total = transfers.reduce((sum, [, amountMicros]) => sum + BigInt(amountMicros), 0n);
    const [payer] = this.accounts;
    await this.#pay(to, this.encode('Dollar', 'mint', [payer, total]));
    const args = [transfers.map(([address]) => address), transfers.map(([, amountMicros]) => BigInt(amountMicros))];
    return this.#pay(to, this.encode('Dollar', 'transferEach', args));
  }

  /** Makes new USDC for an address, from another payer and at a higher price, so that it comes first in its block. */
  async payAsAnother(address: string, amountMicros: number): Promise<Hex> {
    const data = this.encode('Dollar', 'mint', [address, BigInt(amountMicros)]);
    const to = USDC_CHAINS.base.tokenAddress;
    return this.send({ from: this.accounts[1], to, data, gas: GAS, gasPrice: '0x174876e800' });
  }

  /** Transfers more than the payer has, which fails, and is in a block all the same. */
  async payInVain(address: string): Promise<Hex> {
    const data = this.encode('Dollar', 'transfer', [address, 10n ** 30n]);
    return this.#pay(USDC_CHAINS.base.tokenAddress, data);
  }

  /** Transfers another token, as real as this one, to an address. */
  async payInAnotherToken(address: string, amountMicros: number): Promise<Hex> {
    const token = await this.deploy('Dollar');
    return this.payEach([[address, amountMicros]], token);
  }

  /** Has a contract say that it transferred something, which it didn't. */
  async pretendToPay(address: string, amountMicros: number): Promise<Hex> {
    const contract = await this.deploy('Pretender');
    return this.#pay(contract, this.encode('Pretender', 'transfer', [address, BigInt(amountMicros)]));
  }

  /** Sends some of the chain's own coin, which is no token. */
  async payInEther(address: string): Promise<Hex> {
    return this.send({ from: this.accounts[0], to: address, value: '0x1' });
  }

  /** Does something while nothing is put into blocks. */
  async whileNothingIsMined<T>(work: () => Promise<T>): Promise<T> {
    this.#minesAtOnce = false;
    try {
      return await work();
    } finally {
      this.#minesAtOnce = true;
    }
  }

  /** Sends a transaction, and puts it into a block at once unless nothing is mined. */
  async send(fields: object): Promise<Hex> {
    const hash = await this.request<Hex>('eth_sendTransaction', fields);
    if (this.#minesAtOnce) await this.mine(1);
    return hash;
  }

  /** Puts another contract on the chain; gives its address. */
  async deploy(name: ContractName): Promise<Hex> {
    const data = this.#contracts[name].creationCode;
    const hash = await this.send({ from: this.accounts[0], data });
    const { contractAddress } = await this.request<{ contractAddress: Hex }>('eth_getTransactionReceipt', hash);
    return contractAddress;
  }

  /** A call of a contract as a transaction's data. */
  encode(name: ContractName, functionName: string, args: readonly unknown[]): Hex {
    return encodeFunctionData({ abi: this.#contracts[name].abi, functionName, args });
  }

  #pay(to: string, data: Hex): Promise<Hex> {
    return this.send({ from: this.accounts[0], to, data, gas: GAS, gasPrice: GAS_PRICE });
  }
}

/** Where a node answers, as it says when it has started. */
function addressOf(node: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const streams = [node.stdout, node.stderr];
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      const [, address] = /Listening on (127\.0\.0\.1:\d+)/.exec(output) ?? [];
      if (!address) return;
      resolve(`http://${address}`);
      // From here on nobody reads it, but it has to go somewhere.
      for (const stream of streams) stream?.off('data', collect).resume();
    };
    for (const stream of streams) stream?.on('data', collect);
    node.once('exit', () => reject(new Error(`the node ended:\n${output}`)));
  });
}
