import { createHmac } from 'node:crypto';
import type { CreemEvent } from './objects.ts';

/** Faults of deliveries that a test can set. */
export interface WebhookFaults {
  /** Number of extra copies of each event that are delivered. */
  readonly duplicate: number;
  /** Whether the events of a burst are delivered in reverse order. */
  readonly shuffle: boolean;
  /** Whether new events are recorded but never delivered. */
  readonly drop: boolean;
  /** Largest number of deliveries that are sent at the same time. */
  readonly concurrency: number;
}

const NO_FAULTS: WebhookFaults = { duplicate: 0, shuffle: false, drop: false, concurrency: 1 };

interface Delivery {
  readonly event: CreemEvent;
  state: 'held' | 'waiting' | 'sending' | 'delivered' | 'failed' | 'dropped';
  attempts: number;
  lastStatus: number | null;
  dueAtMs: number;
}

/** Options of the delivery of events. */
export interface WebhooksOptions {
  /** Address that events are delivered to; undefined to deliver none. */
  readonly url: string | undefined;
  readonly secret: string;
  /** Milliseconds before each retry. Creem makes the same number of retries, with longer waits. */
  readonly retryDelaysMs?: readonly number[];
}

const RETRY_DELAYS_MS = [250, 500, 1_000, 2_000];
const TIMEOUT_MS = 30_000;
/** Milliseconds within which events count as one burst. */
const BURST_MS = 50;

/** Returns the signature that Creem gives a body: HMAC-SHA256 in hexadecimal digits. */
export function signWebhook(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body, 'utf8').digest('hex');
}

/** Delivers events to the endpoint, and retries each delivery until the endpoint answers with 200. */
export class Webhooks {
  #options: WebhooksOptions;
  #deliveries: Delivery[] = [];
  #faults = NO_FAULTS;
  #sendingCount = 0;
  #timers = new Set<NodeJS.Timeout>();
  #idle: (() => void)[] = [];
  #epoch = new AbortController();

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /** Moves the endpoint; waiting deliveries go to the new address. Without an endpoint nothing changes. */
  moveTo(url: string): void {
    if (this.#options.url !== undefined) this.#options = { ...this.#options, url };
  }

  /** Changes the given faults, or removes all of them with null; returns the faults that are then in force. */
  setFaults(change: Partial<WebhookFaults> | null): WebhookFaults {
    this.#faults = change === null ? NO_FAULTS : { ...this.#faults, ...change };
    return this.#faults;
  }

  list() {
    return this.#deliveries.map(({ event, state, attempts, lastStatus }) => ({
      eventId: event.id,
      eventType: event.eventType,
      state,
      attempts,
      lastStatus,
    }));
  }

  enqueue(event: CreemEvent): void {
    if (!this.#options.url) return;
    const { duplicate, shuffle, drop } = this.#faults;
    const state = drop ? 'dropped' : shuffle ? 'held' : 'waiting';
    for (let copy = 0; copy <= (drop ? 0 : duplicate); copy += 1) {
      this.#deliveries.push({ event, state, attempts: 0, lastStatus: null, dueAtMs: performance.now() });
    }
    if (shuffle) this.#after(BURST_MS, () => this.#release());
    this.#pump();
  }

  /** Waits until every delivery has ended; returns false when the timeout passes first. */
  async flush(timeoutMs: number): Promise<boolean> {
    this.#release();
    if (this.#isIdle()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    this.#idle.push(() => resolve(true));
    const isIdle = await promise;
    clearTimeout(timer);
    return isIdle;
  }

  /** Forgets all deliveries and faults, and aborts the requests that are being sent. */
  clear(): void {
    this.#epoch.abort();
    this.#epoch = new AbortController();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#deliveries = [];
    this.#sendingCount = 0;
    this.#faults = NO_FAULTS;
    this.#announce();
  }

  #isIdle(): boolean {
    return !this.#deliveries.some(({ state }) => ['held', 'waiting', 'sending'].includes(state));
  }

  #release(): void {
    const held = this.#deliveries.filter(({ state }) => state === 'held').reverse();
    if (held.length === 0) return;
    this.#deliveries = [...this.#deliveries.filter(({ state }) => state !== 'held'), ...held];
    for (const delivery of held) delivery.state = 'waiting';
    this.#pump();
  }

  #pump(): void {
    const now = performance.now();
    for (const delivery of this.#deliveries) {
      if (this.#sendingCount >= this.#faults.concurrency) return;
      if (delivery.state === 'waiting' && delivery.dueAtMs <= now) void this.#attempt(delivery);
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { signal } = this.#epoch;
    this.#sendingCount += 1;
    delivery.state = 'sending';
    const status = await this.#post(delivery.event, signal);
    if (signal.aborted) return;
    this.#sendingCount -= 1;
    delivery.attempts += 1;
    delivery.lastStatus = status;
    const delayMs = (this.#options.retryDelaysMs ?? RETRY_DELAYS_MS)[delivery.attempts - 1];
    if (status === 200) delivery.state = 'delivered';
    else if (delayMs === undefined) delivery.state = 'failed';
    else {
      Object.assign(delivery, { state: 'waiting', dueAtMs: performance.now() + delayMs });
      this.#after(delayMs + 1, () => this.#pump());
    }
    this.#pump();
    if (this.#isIdle()) this.#announce();
  }

  async #post(event: CreemEvent, stopped: AbortSignal): Promise<number | null> {
    const body = JSON.stringify(event);
    try {
      const response = await fetch(this.#options.url ?? '', {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', 'creem-signature': signWebhook(body, this.#options.secret) },
        body,
        signal: AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return null;
    }
  }

  #after(delayMs: number, call: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      call();
    }, delayMs);
    this.#timers.add(timer);
  }

  #announce(): void {
    for (const listener of this.#idle.splice(0)) listener();
  }
}
