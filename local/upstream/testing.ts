import { controlHeaders } from '../controlToken.ts';
import { createLocalUpstream, type LocalUpstream } from './server.ts';
import { sign } from './signature.ts';

const TEST_SECRET = 'dus_test';
const CONTROL_TOKEN = 'token of the tests';

/** A local upstream for tests: it listens on a free port, and has methods that send a backend's requests. */
export class TestUpstream {
  readonly #upstream: LocalUpstream;
  readonly url: string;

  private constructor(upstream: LocalUpstream, url: string) {
    this.#upstream = upstream;
    this.url = url;
  }

  static async start(): Promise<TestUpstream> {
    const upstream = createLocalUpstream({ secret: TEST_SECRET, controlToken: CONTROL_TOKEN });
    return new TestUpstream(upstream, `http://127.0.0.1:${await upstream.start(0)}`);
  }

  stop(): Promise<void> {
    return this.#upstream.stop();
  }

  /** Requests a delivery. */
  deliver(order: Record<string, unknown>, options: { header?: string; signal?: AbortSignal } = {}): Promise<Response> {
    const body = JSON.stringify(order);
    const signature = options.header ?? this.signature('POST', '/deliveries', body);
    return fetch(`${this.url}/deliveries`, {
      method: 'POST',
      headers: { 'idempotency-key': String(order.id), 'cloud-bridge-signature': signature },
      body,
      redirect: 'manual',
      signal: options.signal ?? null,
    });
  }

  /** Requests the state of a delivery. */
  find(id: string): Promise<Response> {
    const path = `/deliveries/${id}`;
    return fetch(this.url + path, { headers: { 'cloud-bridge-signature': this.signature('GET', path, '') } });
  }

  signature(method: string, path: string, body: string, ageSeconds = 0, secret = TEST_SECRET): string {
    return sign({ method, path, body }, secret, Math.floor(Date.now() / 1000) - ageSeconds);
  }

  async control(
    method: string,
    path: string,
    body?: unknown,
    headers = controlHeaders(CONTROL_TOKEN),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  ): Promise<{ status: number; json: any }> {
    const response = await fetch(`${this.url}/_local/${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  }
}

/** Returns an order for a `presetShare`. */
export function orderOf(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  return { id, operation: 'presetShare', recipient: 'ada', payload: {}, livemode: true, expiresAt, ...more };
}
