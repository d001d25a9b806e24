import { status } from '@grpc/grpc-js';
import { scanDeposits } from '../../../../src/sales/deposits/scanDeposits.ts';
import type { Reply } from '../../../support/apiClient.ts';
import type { FaultProxy } from '../../../support/faultProxy.ts';
import type { Intervention } from '../chain/RpcProxy.ts';
import { CONFIRMATIONS } from '../chain/TestChain.ts';
import { Customer, type Shop } from '../shop.ts';
import type { Ask, BadAnswer, Reorganisation, Step, Transfer, Trouble } from './history.ts';
import type { AddressedTransfer, Payers } from './Payers.ts';

/** An address that no account was given. */
const NOBODY = '0x00000000000000000000000000000000deadbeef';
const NOT_CREDITED = ['a deposit was not credited', 'deposits were not credited'];

interface Payment {
  readonly txHash: string;
  readonly transfers: readonly (AddressedTransfer & Pick<Transfer, 'to'>)[];
}

/** A claim, and what came of it. */
export interface Claim {
  readonly customer: Customer;
  readonly txHash: string;
  readonly amountMicros: number;
  readonly reply: Reply;
  readonly trouble: Trouble;
}

/** Lives through one history: payers pay, blocks come and go, customers claim, and the scheduled function scans. */
export class Life {
  readonly customers: Customer[] = [];
  readonly claims: Claim[] = [];
  /** What happened, to see that chance has tried everything. */
  readonly happened = new Set<string>();
  /** Transactions that are in another block than first. */
  readonly moved = new Set<string>();
  readonly gone = new Set<string>();
  readonly #shop: Shop;
  readonly #payers: Payers;
  readonly #faults: FaultProxy;
  readonly #name: string;
  readonly #payments: Payment[] = [];

  constructor(shop: Shop, payers: Payers, faults: FaultProxy, name: string) {
    this.#shop = shop;
    this.#payers = payers;
    this.#faults = faults;
    this.#name = name;
  }

  async live(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#take(step);
    await this.#payers.finish();
    await this.#scanAll();
  }

  async #take(step: Step): Promise<void> {
    if (step.does === 'newcomer') return this.#welcome();
    if (step.does === 'pay') return this.#pay(step.transfers, step.fails);
    if (step.does === 'mine') return this.#payers.mine(step.blocks);
    if (step.does === 'reorganise') return this.#reorganise(step.reorganisation);
    if (step.does === 'ask') return this.#askDuring(step.asks, step.trouble);
    this.#shop.instance(step.instance).restart();
    this.happened.add('restart');
  }

  async #welcome(): Promise<void> {
    const customer = new Customer(this.#shop, `${this.#name}-${this.customers.length}`);
    const asked = [0, 1].map((index) =>
      customer.send('GET', '/billing/payment-address', {}, this.#shop.instance(index)),
    );
    const addresses = (await Promise.all(asked)).map((reply) => reply.expect(200).data.address);
    expect(new Set(addresses).size).toBe(1);
    customer.address = addresses[0];
    this.customers.push(customer);
  }

  async #pay(transfers: readonly Transfer[], fails: boolean): Promise<void> {
    const addressed = transfers.map((transfer) => {
      const to = transfer.to === null ? null : transfer.to % this.customers.length;
      return { ...transfer, to, address: to === null ? NOBODY : (this.customers[to] as Customer).address };
    });
    const txHash = await this.#payers.send(addressed, fails);
    if (txHash) this.#payments.push({ txHash, transfers: addressed });
  }

  async #reorganise(reorganisation: Reorganisation): Promise<void> {
    const done = await this.#payers.reorganise(reorganisation);
    for (const txHash of done?.moved ?? []) this.moved.add(txHash);
    for (const txHash of done?.gone ?? []) this.gone.add(txHash);
  }

  async #askDuring(asks: readonly Ask[], trouble: Trouble): Promise<void> {
    const { proxy } = this.#shop.chain;
    const known = this.#shop.errors.length;
    if (trouble?.at === 'node') this.#troubleNode(trouble);
    if (trouble?.at === 'chain') {
      const { skip, reorganisation } = trouble;
      proxy.intervention = nthCall(skip, 1, async () => {
        await this.#reorganise(reorganisation);
        this.happened.add('blocks taken back meanwhile');
        return undefined;
      });
    }
    const { moment, skip = 0, isFinal } = trouble?.at === 'commit' ? trouble : {};
    const kind = { status: isFinal ? status.PERMISSION_DENIED : status.UNAVAILABLE };
    const armed = moment && this.#faults.inject({ method: 'Commit', moment, skip, kind });
    try {
      await this.#ask(asks, trouble);
    } finally {
      proxy.heal();
      await this.#faults.heal();
    }
    if (armed && armed.hits > 0) this.happened.add(`commit failed ${moment}`);
    const logged = this.#shop.errors.slice(known).filter(({ message }) => !NOT_CREDITED.includes(message));
    if (trouble === null) expect(logged).toEqual([]);
    for (const { message } of logged) this.happened.add(message);
  }

  #troubleNode({ skip, times, answer }: Extract<Trouble, { at: 'node' }>): void {
    const { proxy } = this.#shop.chain;
    if (answer === 'no connection') proxy.isDown = true;
    else if (answer === 'no logs') proxy.intervention = ({ method }) => this.#badAnswer(answer, method);
    else proxy.intervention = nthCall(skip, times, async ({ method }) => this.#badAnswer(answer, method));
    this.happened.add(`node gives ${answer}`);
  }

  async #badAnswer(answer: BadAnswer, method: string): Promise<object | undefined> {
    if (answer === 'an error') return { error: { code: -32_603, message: 'Internal error' } };
    if (answer === 'no logs') {
      return method === 'eth_getLogs'
        ? { error: { code: -32_005, message: 'query exceeds max block range' } }
        : undefined;
    }
    // That no log matches is an answer, and a true one as far as anybody can tell.
    if (answer === 'nothing') return method === 'eth_getLogs' ? undefined : { result: null };
    if (method !== 'eth_blockNumber') return undefined;
    return { result: `0x${Math.max(0, (await this.#shop.chain.head()) - CONFIRMATIONS).toString(16)}` };
  }

  /** All at once, at the instances in turn; the one that commits may fail at is the first. */
  async #ask(asks: readonly Ask[], trouble: Trouble): Promise<void> {
    let turn = trouble?.at === 'commit' ? 1 : 0;
    const nextInstance = () => this.#shop.instance(turn++);
    const work: Promise<unknown>[] = [];
    if (asks.filter(({ does }) => does === 'scan').length > 1) this.happened.add('two scans at once');
    if (new Set(asks.map(({ does }) => does)).size > 1) this.happened.add('claim and scan at once');
    for (const ask of asks) {
      if (ask.does === 'scan') work.push(this.#scan(nextInstance().deps));
      else for (let copy = 0; copy < ask.copies; copy += 1) work.push(this.#claim(ask, nextInstance(), trouble));
    }
    await Promise.all(work);
  }

  async #scan(deps: Parameters<typeof scanDeposits>[0]): Promise<void> {
    if ((await scanDeposits(deps)) > 0) this.happened.add('credited by a scan');
  }

  async #claim(
    { back, transfer, isOwner, isRightAmount, isUpperCase }: Extract<Ask, { does: 'claim' }>,
    instance: Parameters<Customer['claim']>[2],
    trouble: Trouble,
  ): Promise<void> {
    const payment = this.#payments.at(-1 - back) ?? (this.#payments[0] as Payment);
    const { to, ...claimed } = payment.transfers[transfer % payment.transfers.length] as Payment['transfers'][number];
    const owner = isOwner ? (to ?? 0) : (to ?? 0) + 1;
    const customer = this.customers[owner % this.customers.length] as Customer;
    const amountMicros = claimed.amountMicros + (isRightAmount ? 0 : 1);
    const { txHash } = payment;
    const spelling = isUpperCase ? `0x${txHash.slice(2).toUpperCase()}` : txHash;
    const reply = await customer.claim(spelling, amountMicros / 1e6, instance);
    this.claims.push({ customer, txHash, amountMicros, reply, trouble });
    const isReplayed = reply.headers.get('idempotent-replayed') === 'true';
    const outcome = reply.status === 200 ? (isReplayed ? 'replayed' : 'credited') : reply.json.error.code;
    this.happened.add(`claim: ${outcome}`);
  }

  /** As many runs as it takes until every confirmed block has been looked through. */
  async #scanAll(): Promise<void> {
    const confirmedBlock = (await this.#shop.chain.head()) - CONFIRMATIONS + 1;
    const cursor = () => this.#shop.db.doc('depositState/scan_base').get();
    for (let runs = 0; runs < 5 && (await cursor()).get('fromBlock') !== confirmedBlock + 1; runs += 1) {
      await this.#scan(this.#shop.instance(runs).deps);
    }
    expect((await cursor()).get('fromBlock')).toBe(confirmedBlock + 1);
  }
}

/** Does something about so many calls, after so many that pass. */
function nthCall(skip: number, times: number, intervention: Intervention): Intervention {
  let calls = 0;
  return async (call) => {
    calls += 1;
    return calls > skip && calls <= skip + times ? intervention(call) : undefined;
  };
}
