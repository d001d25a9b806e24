import { randomUUID } from 'node:crypto';
import { once as happens } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isoTime } from '@cloud-bridge/base';
import { Firestore } from 'firebase-admin/firestore';
import { createApp, routes } from '../../../src/main/app.ts';
import { compose, type Parts, type Surroundings } from '../../../src/main/compose.ts';
import type { Config } from '../../../src/main/config.ts';
import { openApiDocument } from '../../../src/platform/http/openApiDocument.ts';
import { type Reply, type RequestOptions, send } from '../../support/apiClient.ts';
import { clearDatabase } from '../../support/clearDatabase.ts';
import { contractOf } from '../../support/openapiContract.ts';
import { expectSoundLedgers } from '../../support/soundLedgers.ts';
import { OFFLINE, OFFLINE_CONFIG, signInByUid, usersWithOperator } from '../../support/surroundings.ts';
import { CONFIRMATIONS, TestChain, XPUB } from './chain/TestChain.ts';

const document = contractOf(openApiDocument(routes));

/** One process of the backend, with its API behind a real server. */
export interface Instance {
  readonly deps: Parts;
  readonly url: string;
  /** As a new process it remembers nothing. */
  restart(): void;
}

/** A backend of two processes that takes USDC on a chain of its own, and keeps its database to itself. */
export class Shop {
  readonly chain: TestChain;
  readonly db: Firestore;
  /** What the processes logged as errors. */
  readonly errors: { message: string; fields: Record<string, unknown> }[] = [];
  readonly instances: Instance[] = [];
  /** When time stands still for the processes. */
  stoppedAtMs: number | null = null;
  readonly #servers: Server[] = [];
  readonly projectId: string;

  private constructor(chain: TestChain, name: string) {
    this.chain = chain;
    this.projectId = `demo-usdc-${name}`;
    this.db = new Firestore({ projectId: this.projectId });
  }

  static async open(name: string): Promise<Shop> {
    const shop = new Shop(await TestChain.start(), name);
    await shop.clear();
    await shop.addInstance();
    await shop.addInstance();
    return shop;
  }

  /** Starts another process; with another configuration, or another way to the database, if it is given one. */
  async addInstance(usdc: Config['usdc'] = this.usdc, db = this.db): Promise<Instance> {
    const start = () => {
      const deps = compose(this.#surroundings(usdc, db));
      return { deps, app: createApp(deps) };
    };
    let present = start();
    const server = createServer({ keepAliveTimeout: 0 }, (request, response) => present.app(request, response));
    this.#servers.push(server);
    await happens(server.listen(0, '127.0.0.1'), 'listening');
    const instance = {
      get deps() {
        return present.deps;
      },
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      restart: () => {
        present = start();
      },
    };
    this.instances.push(instance);
    return instance;
  }

  #surroundings(usdc: Config['usdc'], db: Firestore): Surroundings {
    return {
      ...OFFLINE,
      db,
      clock: () => isoTime(this.stoppedAtMs ?? Date.now()),
      config: { ...OFFLINE_CONFIG, usdc },
      logger: {
        info: () => {},
        warn: () => {},
        error: (message, fields = {}) => void this.errors.push({ message, fields }),
      },
      usdcRpcUrl: () => this.chain.proxy.url,
      users: { ...usersWithOperator, delete: async () => {} },
      verifyIdToken: signInByUid,
    };
  }

  get usdc(): NonNullable<Config['usdc']> {
    return { depositXpub: XPUB, chain: 'base', confirmations: CONFIRMATIONS };
  }

  /** One of the processes. */
  instance(index: number): Instance {
    return this.instances[index % this.instances.length] as Instance;
  }

  /** Somebody with a new account and an address to pay to. */
  async newCustomer(): Promise<Customer> {
    const customer = new Customer(this, `customer-${randomUUID()}`);
    const { data } = (await customer.send('GET', '/billing/payment-address')).expect(200);
    customer.address = data.address;
    return customer;
  }

  /** Every wallet is what its ledger says. */
  async expectSoundLedgers(): Promise<void> {
    await expectSoundLedgers(this.db, this.instance(0).deps);
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.clear();
    await this.db.terminate();
    await this.chain.stop();
  }

  /** An empty database. */
  async clear(): Promise<void> {
    await clearDatabase(this.projectId);
  }
}

/** Somebody with an account. */
export class Customer {
  readonly accountId: string;
  address = '';
  readonly #shop: Shop;

  constructor(shop: Shop, accountId: string) {
    this.#shop = shop;
    this.accountId = accountId;
  }

  /** A request to one of the processes. The answer is checked against the API's document. */
  async send(
    method: string,
    path: string,
    options: RequestOptions = {},
    instance = this.#shop.instance(0),
  ): Promise<Reply> {
    const headers = { authorization: `Bearer ${this.accountId}`, ...options.headers };
    const reply = await send(method, path, { ...options, headers }, instance.url);
    const problems = document.problems(method, path, reply, reply.text);
    if (problems.length > 0) throw reply.failure(`the answer is not as documented: ${problems.join('; ')}`);
    return reply;
  }

  /** Says that a transaction has paid. */
  claim(txHash: string, amount: number, instance?: Instance): Promise<Reply> {
    return this.send('POST', '/billing/verify-topup', { body: { txHash, amount } }, instance);
  }

  async availableCredits(): Promise<number> {
    return (await this.send('GET', '/account/credits')).expect(200).data.availableCredits;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the API answers
  async orders(): Promise<any[]> {
    return (await this.send('GET', '/billing/orders')).expect(200).data;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the API answers
  async transactions(): Promise<any[]> {
    return (await this.send('GET', '/billing/transactions')).expect(200).data;
  }
}
