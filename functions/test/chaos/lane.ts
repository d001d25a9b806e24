import { isoTime } from '@cloud-bridge/base';
import { status } from '@grpc/grpc-js';
import { Firestore } from 'firebase-admin/firestore';
import type { Surroundings } from '../../src/main/compose.ts';
import type { Config } from '../../src/main/config.ts';
import { clearDatabase } from '../support/clearDatabase.ts';
import { FaultProxy } from '../support/faultProxy.ts';
import { noUsers } from '../support/noUsers.ts';
import { OFFLINE, OFFLINE_CONFIG } from '../support/surroundings.ts';
import { type CreateWebhookApp, Instance } from './instance.ts';
import type { ProviderTrouble, Trouble, TroublePaths } from './trouble.ts';

/** The start time of every history: fixed, and long enough ago that nothing depends on the current time. */
export const BEGINNING_MS = Date.UTC(2026, 0, 10, 12);
const DAY_MS = 24 * 60 * 60 * 1000;

/** An event of the provider. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly signature: string;
}

/** The parts of an instance that differ by provider. */
interface AtProvider {
  readonly config: Pick<Config, 'creemApiBaseUrl' | 'stripeApiBaseUrl'>;
  readonly secrets: Pick<Surroundings, 'creemApiKey' | 'creemWebhookSecrets' | 'stripe' | 'stripeWebhookSecrets'>;
  readonly createWebhookApp: CreateWebhookApp;
}

/**
 * A separate world: a local provider, a database, and two instances of the backend that share both. One instance
 * reaches the database through a proxy that can fail. The lane has its own clock. Histories use a lane one by one.
 */
export abstract class Lane {
  abstract readonly provider: 'stripe' | 'creem';
  abstract readonly signatureHeader: string;
  /** The proxy through which calls to the provider may fail. */
  abstract readonly troublePaths: TroublePaths;
  readonly db: Firestore;
  /** Two instances of the backend. */
  steady!: Instance;
  shaky!: Instance;
  /** Errors that the instances logged. */
  readonly errors: string[] = [];
  nowMs = BEGINNING_MS;
  readonly #projectId: string;
  readonly #proxy: FaultProxy;

  /** @param projectId the lane's own project, because the reconciliation reads everything in a project */
  protected constructor(proxy: FaultProxy, projectId: string) {
    this.#proxy = proxy;
    this.#projectId = projectId;
    this.db = new Firestore({ projectId });
  }

  protected static startProxy(): Promise<FaultProxy> {
    return FaultProxy.start(process.env.FIRESTORE_EMULATOR_HOST ?? '');
  }

  protected async startInstances(provider: AtProvider): Promise<void> {
    const start = (db: Firestore) => Instance.start(this.#surroundings(db, provider), provider.createWebhookApp);
    this.steady = await start(this.db);
    this.shaky = await start(this.#proxy.connect(this.#projectId));
  }

  /** The provider's events since the lane was cleared. */
  abstract sentEvents(): Promise<readonly SentEvent[]>;
  /** Returns true when the endpoint gets events of a type. */
  abstract isHandled(type: string): boolean;
  protected abstract failProvider(trouble: ProviderTrouble): Promise<void>;
  protected abstract healProvider(): Promise<void>;
  protected abstract clearProvider(): Promise<void>;
  protected abstract stopProvider(): Promise<void>;

  /** Empties the lane, and sets its clock to the start. */
  async clear(): Promise<void> {
    await this.clearProvider();
    this.errors.length = 0;
    this.nowMs = BEGINNING_MS;
    await clearDatabase(this.#projectId);
  }

  async close(): Promise<void> {
    await this.clear();
    for (const instance of [this.steady, this.shaky]) await instance.stop();
    await this.#proxy.stop();
    await this.stopProvider();
  }

  passDays(days: number): void {
    this.nowMs += days * DAY_MS;
  }

  /** Runs an action at the instance with faults, and ends the fault afterwards. */
  async during<T>(trouble: Trouble, work: (instance: Instance) => Promise<T>): Promise<T> {
    this.nowMs += 1_000;
    if (!trouble) return work(this.steady);
    if (trouble.at === 'provider') await this.failProvider(trouble);
    else {
      const { moment, skip, isFinal, times = 1 } = trouble;
      const kind = { status: isFinal ? status.PERMISSION_DENIED : status.UNAVAILABLE };
      this.#proxy.inject({ method: 'Commit', moment, skip, times, kind });
    }
    try {
      return await work(trouble.at === 'provider' ? this.steady : this.shaky);
    } finally {
      await this.#proxy.heal();
      if (trouble.at === 'provider') await this.healProvider();
    }
  }

  #surroundings(db: Firestore, { config, secrets }: AtProvider): Surroundings {
    const log = { info: () => {}, warn: () => {} };
    return {
      ...OFFLINE,
      db,
      clock: () => isoTime(this.nowMs),
      config: { ...OFFLINE_CONFIG, ...config },
      logger: { ...log, error: (message, fields) => this.errors.push(`${message} ${JSON.stringify(fields)}`) },
      // Every account's address counts as verified.
      users: {
        ...noUsers,
        findVerifiedEmail: async (uid) =>
          ((await db.doc(`accounts/${uid}`).get()).get('email') as string | null) ?? null,
      },
      ...secrets,
    };
  }
}
