import type { Hex } from 'viem';
import { USDC_CHAINS } from '../../../../src/sales/payments/usdcChains.ts';
import { CONFIRMATIONS, type TestChain } from '../chain/TestChain.ts';
import type { Reorganisation, TokenName } from './history.ts';

/** A transfer whose recipient is known. */
export interface AddressedTransfer {
  readonly token: TokenName;
  readonly address: string;
  readonly amountMicros: number;
}

interface Transaction {
  readonly hash: Hex;
  readonly fields: object;
}

/** What nobody has. */
const TOO_MUCH = 2n ** 200n;
const GAS = '0x1e8480';

/**
 * Those who pay on a chain, and what its blocks are made of. Each transaction is another payer's first, so that it is
 * the same one in whichever block it ends up, and whatever becomes of the others.
 */
export class Payers {
  /** Transactions that may come into a block, or are in one. */
  #transactions: Transaction[] = [];
  /** Those that come back only after the next blocks. */
  #later: Transaction[] = [];
  #snapshots: { readonly id: string; readonly block: number }[] = [];
  #highestHead = 0;
  #sent = 0;
  #beginning = '';
  readonly #chain: TestChain;
  readonly #purse: Hex;
  readonly #tokens: Readonly<Record<TokenName, Hex>>;

  private constructor(chain: TestChain, purse: Hex, tokens: Readonly<Record<TokenName, Hex>>) {
    this.#chain = chain;
    this.#purse = purse;
    this.#tokens = tokens;
  }

  static async open(chain: TestChain): Promise<Payers> {
    const purse = await chain.deploy('Purse');
    const another = await chain.deploy('Dollar');
    const pretended = await chain.deploy('Pretender');
    const usdc = USDC_CHAINS.base.tokenAddress;
    const data = chain.encode('Dollar', 'mint', [purse, 2n ** 128n]);
    for (const to of [usdc, another]) await chain.send({ from: chain.accounts[0], to, data });
    await chain.mine(10);
    const payers = new Payers(chain, purse, { usdc, another, pretended });
    payers.#beginning = await chain.snapshot();
    return payers;
  }

  /** A chain on which nobody has paid anything yet. */
  async clear(): Promise<void> {
    await this.#chain.revert(this.#beginning);
    this.#beginning = await this.#chain.snapshot();
    this.#transactions = [];
    this.#later = [];
    this.#snapshots = [];
    this.#sent = 0;
    this.#highestHead = await this.#chain.head();
  }

  /** Sends a transaction, which waits for a block; null when everybody has paid already. */
  async send(transfers: readonly AddressedTransfer[], fails: boolean): Promise<Hex | null> {
    this.#sent += 1;
    const from = this.#chain.accounts[this.#sent];
    if (!from) return null;
    const tokens = transfers.map(({ token }) => this.#tokens[token]);
    const addresses = transfers.map(({ address }) => address);
    const amounts = transfers.map(({ amountMicros }) => BigInt(amountMicros));
    // Then all of it fails, with what came before.
    const more = fails ? [[this.#tokens.usdc], [addresses[0]], [TOO_MUCH]] : [[], [], []];
    const args = [tokens, addresses, amounts].map((list, index) => [...list, ...(more[index] ?? [])]);
    const data = this.#chain.encode('Purse', 'payEach', args);
    const fields = { from, to: this.#purse, data, nonce: '0x0', gas: GAS, gasPrice: '0x2540be400' };
    const hash = await this.#chain.request<Hex>('eth_sendTransaction', fields);
    this.#transactions.push({ hash, fields });
    return hash;
  }

  /** Blocks, the first of which has everything that waits. */
  async mine(blocks: number): Promise<void> {
    for (let block = 0; block < blocks; block += 1) {
      this.#snapshots.push({ id: await this.#chain.snapshot(), block: await this.#chain.head() });
      await this.#chain.mine(1);
    }
    this.#highestHead = Math.max(this.#highestHead, await this.#chain.head());
  }

  /**
   * Takes blocks back, of which none has had all the confirmations, and puts others into their place. Gives the
   * transactions that are gone for good and those that are in other blocks or will be; null when there is nothing to
   * take back.
   */
  async reorganise({ depth, fates, blocks }: Reorganisation): Promise<{ moved: Hex[]; gone: Hex[] } | null> {
    const final = this.#highestHead - CONFIRMATIONS + 1;
    const possible = this.#snapshots.filter(({ block }) => block >= final);
    const target = possible.at(-depth) ?? possible[0];
    if (!target) return null;
    const before = await Promise.all(this.#transactions.map(({ hash }) => this.#blockOf(hash)));
    await this.#chain.revert(target.id);
    this.#snapshots = this.#snapshots.filter(({ block }) => block < target.block);
    // Blocks of the same second would be the same ones again.
    await this.#chain.request('evm_increaseTime', 1);
    const moved: Hex[] = [];
    const gone: Hex[] = [];
    for (const [index, transaction] of [...this.#transactions.entries()]) {
      if (typeof (await this.#blockOf(transaction.hash)) === 'number' || this.#later.includes(transaction)) continue;
      const fate = fates[index % fates.length];
      await this.#giveFate(transaction, fate ?? 'gone');
      if (fate === 'gone') gone.push(transaction.hash);
      else if (typeof before[index] === 'number') moved.push(transaction.hash);
    }
    await this.mine(blocks);
    await this.#resendLater();
    return { moved, gone };
  }

  /** Everything that is to come into a block at all is in one that counts. */
  async finish(): Promise<void> {
    await this.mine(CONFIRMATIONS + 1);
  }

  /** The number of a transaction's block, null while it waits for one, undefined when the node doesn't know it. */
  async #blockOf(hash: Hex): Promise<number | null | undefined> {
    const found = await this.#chain.request<{ blockNumber: Hex | null } | null>('eth_getTransactionByHash', hash);
    if (!found) return undefined;
    return found.blockNumber === null ? null : Number(found.blockNumber);
  }

  async #giveFate(transaction: Transaction, fate: Reorganisation['fates'][number]): Promise<void> {
    const isWaiting = (await this.#blockOf(transaction.hash)) === null;
    if (fate === 'in the next block') {
      if (!isWaiting) await this.#resend(transaction);
      return;
    }
    if (isWaiting) await this.#chain.request('anvil_dropTransaction', transaction.hash);
    if (fate === 'in a later block') this.#later.push(transaction);
    else this.#transactions = this.#transactions.filter((other) => other !== transaction);
  }

  async #resendLater(): Promise<void> {
    for (const transaction of this.#later.splice(0)) await this.#resend(transaction);
  }

  async #resend({ hash, fields }: Transaction): Promise<void> {
    const again = await this.#chain.request<Hex>('eth_sendTransaction', fields);
    if (again !== hash) throw new Error(`${hash} is ${again} now`);
  }
}
