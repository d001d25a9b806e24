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

/** Round trips that are measured, in ms: none, and that of a region with a replicated database. */
export type RoundTripMs = 0 | 20;

export interface BenchOptions {
  readonly root: string;
  readonly quick: boolean;
  readonly rounds: number;
  readonly firestorePort: number;
  /** Port of the PostgreSQL server; null without a server. */
  readonly postgresPort: number | null;
  /** Aborts when the benchmark must stop. */
  readonly ended: AbortSignal;
}

/** The databases and the processes that use them. A process is started when it is first needed. */
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

  /** Returns the duration of a load in ms; shorter in quick mode. */
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

  /** Returns a process that runs the product; `index` tells several processes with the same round trip apart. */
  product(roundTripMs: RoundTripMs, index = 0): Promise<Remote<Product>> {
    return this.#remote(`product ${roundTripMs} ${index}`, '../processes/product.ts', () =>
      this.environment(roundTripMs),
    );
  }

  /** Returns a process that runs B1. */
  usualPattern(roundTripMs: RoundTripMs): Promise<Remote<UsualPattern>> {
    return this.#remote(`B1 ${roundTripMs}`, '../baselines/usualPattern.ts', () => this.environment(roundTripMs));
  }

  /** Returns a process that runs B2; null without a PostgreSQL server. */
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

  /** Returns the environment variables by which a process reaches Firestore with this round trip. */
  async environment(roundTripMs: RoundTripMs): Promise<Record<string, string>> {
    const port = await this.#port(this.options.firestorePort, roundTripMs);
    return { ...PRODUCT_ENVIRONMENT, FIRESTORE_EMULATOR_HOST: `127.0.0.1:${port}` };
  }

  /** Measures the actual round trip through the proxy. */
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

  /** Returns the process that makes all delays; a separate process takes no time from the measured event loops. */
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
