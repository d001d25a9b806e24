import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mayControl, TOKEN_MISSING } from '../controlToken.ts';
import { html } from '../html.ts';
import { readBody } from '../readBody.ts';
import { handleApiRequest } from './api.ts';
import { handleControlRequest } from './control.ts';
import { Faults } from './faults.ts';
import { handlePageRequest } from './page.ts';
import { type Reply, refusal } from './reply.ts';
import { Shop } from './shop.ts';
import { Webhooks, type WebhooksOptions } from './webhooks.ts';

/** Options of a local Creem. */
export interface LocalCreemOptions {
  /** API key that requests must send as `x-api-key`. */
  readonly apiKey: string;
  /** Token that control requests must send. */
  readonly controlToken: string;
  readonly webhooks: WebhooksOptions;
  /** Returns the Unix time in milliseconds; a test can pass its own clock. Default: the machine's clock. */
  readonly nowMs?: () => number;
}

/** A local Creem that can be started and stopped. */
export interface LocalCreem {
  /**
   * @param port port on 127.0.0.1; 0 for any free port
   * @returns the port that the server listens on
   * @throws Error `EADDRINUSE` when the port is taken
   */
  start(port: number): Promise<number>;
  /** Stops the server; open connections are cut at once. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Creates a local Creem whose shop has products, but no customers or sales yet. */
export function createLocalCreem(options: LocalCreemOptions): LocalCreem {
  const app = new App(options);
  let server: Server | undefined;
  return {
    async start(port) {
      const created = createServer((request, response) => void app.handle(request, response));
      server = created;
      await new Promise<void>((resolve, reject) => {
        created.once('error', reject);
        created.listen(port, HOST, resolve);
      });
      return (created.address() as AddressInfo).port;
    },
    async stop() {
      app.webhooks.clear();
      const closed = server && new Promise((resolve) => server?.close(resolve));
      server?.closeAllConnections();
      await closed;
    },
  };
}

/** The state of a local Creem, and the dispatch of requests to the API, the pages and the control endpoints. */
class App {
  readonly webhooks: Webhooks;
  readonly #apiKey: string;
  readonly #controlToken: string;
  readonly #nowMs: () => number;
  #shop: Shop;
  #faults = new Faults();

  constructor({ apiKey, controlToken, webhooks, nowMs = Date.now }: LocalCreemOptions) {
    this.#apiKey = apiKey;
    this.#controlToken = controlToken;
    this.#nowMs = nowMs;
    this.webhooks = new Webhooks(webhooks);
    this.#shop = this.#newShop();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, await this.#answer(request, await readBody(request)));
    } catch (error) {
      // An errored request means that the caller hung up in the middle of its request, so no answer can be sent.
      if (!request.errored) send(response, refusal(500, String(error)));
    }
  }

  async #answer(request: IncomingMessage, body: string): Promise<Reply> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const path = url.pathname;
    if (path.startsWith('/_local/')) {
      if (!mayControl(request.headers, this.#controlToken)) return refusal(401, TOKEN_MISSING);
      return this.#control(method, path, body);
    }
    const checkoutId = /^\/checkout\/\w+\/(\w+)$/.exec(path)?.[1];
    if (checkoutId) return handlePageRequest(this.#shop, method, checkoutId, body);
    if (path.startsWith('/my-orders/')) return portal();
    const key = request.headers['x-api-key'];
    if (key === undefined) return refusal(401);
    if (key !== this.#apiKey) return refusal(403);
    const fault = this.#faults.take(method, path);
    if (fault !== null && !fault.afterEffect) return refusal(fault.status, 'This request fails on purpose.');
    const reply = handleApiRequest(this.#shop, { method, url, body });
    return fault === null ? reply : refusal(fault.status, 'This request took effect, but fails on purpose.');
  }

  #control(method: string, path: string, body: string): Promise<Reply> {
    return handleControlRequest(method, path, body, {
      shop: this.#shop,
      webhooks: this.webhooks,
      faults: this.#faults,
      reset: () => {
        this.webhooks.clear();
        this.#faults = new Faults();
        this.#shop = this.#newShop();
      },
    });
  }

  #newShop(): Shop {
    return new Shop(this.#nowMs, (event) => this.webhooks.enqueue(event));
  }
}

function portal(): Reply {
  const { source } = html`<!doctype html><title>Local Creem</title><h1>Your orders and subscriptions</h1>`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: source };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.destroyed) return;
  const isJson = typeof body !== 'string';
  response.writeHead(status, { ...(isJson && { 'content-type': 'application/json' }), ...headers });
  response.end(isJson ? JSON.stringify(body) : body);
}
