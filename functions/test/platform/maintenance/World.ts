import { once as happens } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isoTime } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, Firestore } from 'firebase-admin/firestore';
import { TestStripe, WEBHOOK_SECRET } from '../../../../local/stripe/testing/testStripe.ts';
import type { DeliveryUpstream } from '../../../src/credits/deliveries/upstream/upstream.ts';
import { createApp, routes } from '../../../src/main/app.ts';
import { compose, type Parts } from '../../../src/main/compose.ts';
import { openApiDocument } from '../../../src/platform/http/openApiDocument.ts';
import { guardWrites } from '../../../src/platform/maintenance/guardWrites.ts';
import { MaintenanceStore } from '../../../src/platform/maintenance/maintenance.store.ts';
import { MaintenanceSwitch } from '../../../src/platform/maintenance/maintenanceSwitch.ts';
import { createStripeWebhookApp } from '../../../src/providers/stripe/stripeWebhookApp.ts';
import { XPUB } from '../../providers/usdc/chain/TestChain.ts';
import { type Reply, type RequestOptions, send } from '../../support/apiClient.ts';
import { clearDatabase } from '../../support/clearDatabase.ts';
import { contractOf } from '../../support/openapiContract.ts';
import { silentLogger } from '../../support/silentLogger.ts';
import { OFFLINE, OFFLINE_CONFIG, signInByUid, usersWithOperator } from '../../support/surroundings.ts';

const contract = contractOf(openApiDocument(routes));

/** A delivery service that never confirms an outcome, so that a delivery stays open. */
const SILENT_UPSTREAM: DeliveryUpstream = {
  deliver: async () => ({ answer: { type: 'pending' }, httpStatus: 202, latencyMs: 1 }),
  find: async () => ({ answer: { type: 'pending' }, httpStatus: 202, latencyMs: 1 }),
};

/** A backend behind real servers, with its own project, database for the switch, and local Stripe. */
export class World {
  readonly projectId: string;
  /** The product's database, accessed without the backend. */
  readonly db: Firestore;
  readonly switch: MaintenanceStore;
  readonly #switchDb: Firestore;
  readonly deps: Parts;
  stripe!: TestStripe;
  apiUrl = '';
  webhookUrl = '';
  /** Milliseconds by which the clock of the backend's rules is ahead. */
  aheadMs = 0;
  /** Milliseconds that the backend has slept, as seen by the guard that refuses writes. */
  sleptMs = 0;
  #switchAgedMs = 0;
  readonly #guardedDb: Firestore;
  readonly #servers: Server[] = [];
  readonly #underWay = new Set<Promise<unknown>>();

  private constructor(name: string) {
    this.projectId = `demo-maintenance-${name}`;
    this.db = new Firestore({ projectId: this.projectId });
    this.#switchDb = new Firestore({ projectId: this.projectId, databaseId: 'maintenance' });
    this.switch = new MaintenanceStore(this.#switchDb);
    const maintenance = new MaintenanceSwitch(this.switch, silentLogger, () => performance.now() + this.#switchAgedMs);
    this.#guardedDb = guardWrites(new Firestore({ projectId: this.projectId }), maintenance, () =>
      isoTime(Date.now() + this.sleptMs),
    );
    const parts = compose({
      ...OFFLINE,
      db: this.#guardedDb,
      maintenance,
      clock: () => isoTime(Date.now() + this.aheadMs),
      config: { ...OFFLINE_CONFIG, usdc: { depositXpub: XPUB, chain: 'base', confirmations: 30 } },
      logger: silentLogger,
      usdcRpcUrl: () => 'https://node.invalid',
      users: { ...usersWithOperator, findVerifiedEmail: async (uid) => `${uid}@example.com` },
      stripe: async () => this.stripe.api,
      stripeWebhookSecrets: () => [WEBHOOK_SECRET],
      verifyIdToken: signInByUid,
    });
    this.deps = { ...parts, upstream: SILENT_UPSTREAM };
  }

  static async open(name: string): Promise<World> {
    const world = new World(name);
    await world.clear();
    await world.turn('off');
    world.apiUrl = await world.#serve(createApp(world.deps));
    world.webhookUrl = `${await world.#serve(createStripeWebhookApp(world.deps))}/`;
    // As many retries as Stripe, which retries for days.
    const retry = { baseDelayMs: 20, maxDelayMs: 100, maxAttempts: 100_000 };
    world.stripe = await TestStripe.start({ webhookUrl: world.webhookUrl, retry });
    return world;
  }

  async #serve(app: RequestListener): Promise<string> {
    const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      const answered: Promise<unknown> = happens(response, 'close').then(() => this.#underWay.delete(answered));
      this.#underWay.add(answered);
      app(request, response);
    });
    this.#servers.push(server);
    await happens(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Moves the switch, and lets the ten seconds pass that the backend may need to notice. */
  async turn(to: 'on' | 'off'): Promise<void> {
    await this.switch.turn(to);
    this.#switchAgedMs += 10_000;
  }

  /** Waits until all present requests and webhooks are answered, and their background work has ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#underWay);
    await this.deps.lowBalances.idle();
  }

  /** Deletes the switch, as if its database were deleted. */
  async removeSwitch(): Promise<void> {
    await this.#switchDb.doc('maintenance/switch').delete();
    this.#switchAgedMs += 10_000;
  }

  /** Sends a request and checks the answer against the OpenAPI document. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    const reply = await send(method, path, options, this.apiUrl);
    const problems = contract.problems(method, path, reply, reply.text);
    if (problems.length > 0) throw reply.failure(`the answer is not as documented: ${problems.join('; ')}`);
    return reply;
  }

  /** Like `send`, with the ID token of an account's owner. */
  sendAs(accountId: string, method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    return this.send(method, path, { ...options, headers: { authorization: `Bearer ${accountId}` } });
  }

  /** Returns all documents of the database with their update times. */
  async everything(): Promise<Record<string, unknown>> {
    const documents: Record<string, unknown> = {};
    const visit = async (collection: CollectionReference): Promise<void> => {
      const references: DocumentReference[] = await collection.listDocuments();
      await Promise.all(
        references.map(async (reference) => {
          const snapshot = await reference.get();
          if (snapshot.exists) documents[reference.path] = { ...snapshot.data(), writtenAt: snapshot.updateTime };
          await Promise.all((await reference.listCollections()).map(visit));
        }),
      );
    };
    await Promise.all((await this.db.listCollections()).map(visit));
    return documents;
  }

  async clear(): Promise<void> {
    await clearDatabase(this.projectId);
  }

  async close(): Promise<void> {
    await this.stripe.stop();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.clear();
    await Promise.all([this.db, this.#switchDb, this.#guardedDb].map((db) => db.terminate()));
  }
}
