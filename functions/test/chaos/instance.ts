import { once as happens } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from '@cloud-bridge/base';
import type { Express } from 'express';
import { compose, type Parts, type Surroundings } from '../../src/main/compose.ts';

/** Creates the webhook function of a provider. */
export type CreateWebhookApp = (deps: Parts) => Express;

/** One process of the backend: its parts, and its webhook function behind a real server. */
export class Instance {
  readonly #surroundings: Surroundings;
  readonly #createWebhookApp: CreateWebhookApp;
  // The caller closes idle connections: a call on a connection that the server is closing would fail.
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    this.#parts().webhookApp(request, response);
  });
  #parts!: () => { readonly deps: Parts; readonly webhookApp: Express };

  private constructor(surroundings: Surroundings, createWebhookApp: CreateWebhookApp) {
    this.#surroundings = surroundings;
    this.#createWebhookApp = createWebhookApp;
    this.restart();
  }

  get deps(): Parts {
    return this.#parts().deps;
  }

  static async start(surroundings: Surroundings, createWebhookApp: CreateWebhookApp): Promise<Instance> {
    const instance = new Instance(surroundings, createWebhookApp);
    await happens(instance.#server.listen(0, '127.0.0.1'), 'listening');
    return instance;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Replaces the instance's parts by new ones with empty caches, as a new process has. */
  restart(): void {
    this.#parts = once(() => {
      const deps = compose(this.#surroundings);
      return { deps, webhookApp: this.#createWebhookApp(deps) };
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#surroundings.db.terminate();
  }
}
