import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlHeaders } from '../controlToken.ts';
import { createLocalCreem, type LocalCreem } from './server.ts';

export const TEST_KEY = 'creem_test_key';
export const TEST_SECRET = 'whsec_test';
const CONTROL_TOKEN = 'token of the tests';

/** A webhook that the endpoint has received. */
export interface ReceivedWebhook {
  readonly body: string;
  readonly signature: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
  readonly event: any;
}

/** A local Creem for tests: it listens on a free port, and has an endpoint that receives its webhooks. */
export class TestCreem {
  readonly received: ReceivedWebhook[] = [];
  /** Statuses of the endpoint's next answers, in order; afterwards the endpoint answers with 200. */
  readonly answers: number[] = [];
  #creem!: LocalCreem;
  #endpoint!: Server;
  url = '';

  /** @param nowMs returns the Unix time in milliseconds; default: the machine's clock */
  static async start(nowMs?: () => number): Promise<TestCreem> {
    const test = new TestCreem();
    test.#endpoint = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString('utf8');
      test.received.push({ body, signature: String(request.headers['creem-signature']), event: JSON.parse(body) });
      response.writeHead(test.answers.shift() ?? 200).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => test.#endpoint.once('listening', resolve));
    const { port } = test.#endpoint.address() as AddressInfo;
    const webhooks = { url: `http://127.0.0.1:${port}/`, secret: TEST_SECRET, retryDelaysMs: [1, 1] };
    test.#creem = createLocalCreem({
      apiKey: TEST_KEY,
      controlToken: CONTROL_TOKEN,
      webhooks,
      ...(nowMs && { nowMs }),
    });
    test.url = `http://127.0.0.1:${await test.#creem.start(0)}`;
    return test;
  }

  async stop(): Promise<void> {
    await this.#creem.stop();
    this.#endpoint.closeAllConnections();
    await new Promise((resolve) => this.#endpoint.close(resolve));
  }

  /** Sends a request to the API; with `key` null, no API key is sent. */
  async api(method: string, path: string, body?: object, key: string | null = TEST_KEY) {
    const headers: Record<string, string> = key === null ? {} : { 'x-api-key': key };
    return this.#json(await fetch(this.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) }));
  }

  /** Sends a request to a control endpoint. */
  async control(path: string, body: object = {}, headers = controlHeaders(CONTROL_TOKEN)) {
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    return this.#json(await fetch(`${this.url}/_local/${path}`, request));
  }

  /** Submits the form of a payment page. */
  page(url: string, fields: Record<string, string>): Promise<Response> {
    return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  }

  /** Opens a checkout and pays it; returns the paid checkout. */
  async paid(request: object = {}) {
    const { json } = await this.api('POST', '/v1/checkouts', { product_id: 'prod_local_starter', ...request });
    await this.page(json.checkout_url, { outcome: 'pay' });
    return (await this.api('GET', `/v1/checkouts?checkout_id=${json.id}`)).json;
  }

  /** Waits until all events are delivered; returns their types. */
  async delivered(): Promise<string[]> {
    await this.control('webhooks/flush');
    return this.received.map(({ event }) => event.eventType);
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  async #json(response: Response): Promise<{ status: number; json: any }> {
    return { status: response.status, json: await response.json() };
  }
}
