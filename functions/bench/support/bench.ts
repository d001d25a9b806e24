import { getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import type { Postgres } from '../baselines/postgres.ts';
import { POSTGRES_USER } from '../baselines/postgresServer.ts';
import type { UsualPattern } from '../baselines/usualPattern.ts';
import type { DelayProxy } from '../processes/delayProxy.ts';
import type { Product } from '../processes/product.ts';
import { Ledger } from './ledger.ts';
import { Remote } from './remote.ts';
import { type Summary, summarize } from './statistics.ts';

/** Round trips that are measured: none, and one within a region with a database that replicates. */
export type RoundTripMs = 0 | 20;

export interface BenchOptions {
  readonly root: string;
  readonly quick: boolean;
  readonly rounds: number;
  readonly firestorePort: number;
  /** Null: there is no PostgreSQL server to compare with. */
  readonly postgresPort: number | null;
  /** Aborts when the benchmark has to stop. */
  readonly ended: AbortSignal;
}

/** The databases and the processes that use them. Each process is started when it is first needed. */
export class Bench {
  readonly options: BenchOptions;
  readonly #remotes = new Map<string, Promise<Remote<never>>>();
  readonly #ports = new Map<string, Promise<number>>();
  #accounts = 0;

  constructor(options: BenchOptions) {
    this.options = options;
    process.env.FIRESTORE_EMULATOR_HOST = `127.0.0.1:${options.firestorePort}`;
    Object.assign(process.env, PRODUCT_ENVIRONMENT);
  }

  /** How long a load runs: as asked for, or shorter in the quick mode. */
  seconds(seconds: number): number {
    return seconds * (this.options.quick ? 400 : 1_000);
  }

  newAccountId(): string {
    this.#accounts += 1;
    return `bench${this.#accounts}`;
  }

  database(): Firestore {
    return getFirestore(getApps()[0] ?? initializeApp());
  }

  ledger(): Ledger {
    return new Ledger(this.database());
  }

  /** A process that runs the product; one of several with the same round trip. */
  product(roundTripMs: RoundTripMs, index = 0): Promise<Remote<Product>> {
    return this.#remote(`product ${roundTripMs} ${index}`, '../processes/product.ts', () =>
      this.environment(roundTripMs),
    );
  }

  /** B1. */
  usualPattern(roundTripMs: RoundTripMs): Promise<Remote<UsualPattern>> {
    return this.#remote(`B1 ${roundTripMs}`, '../baselines/usualPattern.ts', () => this.environment(roundTripMs));
  }

  /** B2; null where there is no server. */
  async postgres(roundTripMs: RoundTripMs): Promise<Remote<Postgres> | null> {
    const { postgresPort } = this.options;
    if (postgresPort === null) return null;
    return this.#remote(`B2 ${roundTripMs}`, '../baselines/postgres.ts', async () => ({
      PGHOST: '127.0.0.1',
      PGPORT: String(await this.#port(postgresPort, roundTripMs)),
      PGUSER: POSTGRES_USER,
      PGDATABASE: 'postgres',
    }));
  }

  /** What a process needs to reach Firestore with this round trip. */
  async environment(roundTripMs: RoundTripMs): Promise<Record<string, string>> {
    const port = await this.#port(this.options.firestorePort, roundTripMs);
    return { ...PRODUCT_ENVIRONMENT, FIRESTORE_EMULATOR_HOST: `127.0.0.1:${port}` };
  }

  /** What the proxy's round trip really is. */
  async measureRoundTrip(roundTripMs: RoundTripMs): Promise<Summary> {
    const proxy = await this.#proxy();
    return summarize(await proxy.call('measure', { roundTripMs }));
  }

  async stop(): Promise<void> {
    const remotes = await Promise.all(this.#remotes.values());
    await Promise.all(remotes.map((remote) => remote.stop()));
  }

  #port(targetPort: number, roundTripMs: RoundTripMs): Promise<number> {
    if (roundTripMs === 0) return Promise.resolve(targetPort);
    const name = `${targetPort} ${roundTripMs}`;
    const known = this.#ports.get(name);
    if (known) return known;
    const opening = this.#openProxy(targetPort, roundTripMs);
    this.#ports.set(name, opening);
    return opening;
  }

  async #openProxy(targetPort: number, roundTripMs: RoundTripMs): Promise<number> {
    return (await this.#proxy()).call('open', { targetPort, roundTripMs });
  }

  /** One process for all delays, so that they take no time from the event loops that are measured. */
  #proxy(): Promise<Remote<DelayProxy>> {
    return this.#remote('proxy', '../processes/delayProxy.ts', async () => ({}));
  }

  #remote<R>(name: string, module: string, environment: () => Promise<NodeJS.ProcessEnv>): Promise<R> {
    let remote = this.#remotes.get(name);
    if (!remote) {
      remote = environment().then((env) => new Remote(new URL(module, import.meta.url), env));
      this.#remotes.set(name, remote);
    }
    return remote as Promise<R>;
  }
}

const PRODUCT_ENVIRONMENT = {
  GCLOUD_PROJECT: 'demo-bench',
  GOOGLE_CLOUD_PROJECT: 'demo-bench',
  METADATA_SERVER_DETECTION: 'none',
  ALLOWED_ORIGINS: 'http://localhost',
  STRIPE_API_BASE_URL: 'https://api.stripe.com',
  CATALOG: 'cloud-bridge',
  STRIPE_TAX: 'off',
  NODE_ENV: 'production',
};
