import type { WireEvent } from '../localAccount.ts';
import { type SendResult, sendWebhook, type WebhookEndpoint } from './sendWebhook.ts';
import { WebhookFaults } from './webhookFaults.ts';

/** The retries of failed deliveries. */
export interface RetryPolicy {
  /** Milliseconds to wait after the first failure; doubles after each further failure. */
  baseDelayMs: number;
  maxDelayMs: number;
  /** Largest number of attempts, including the first. */
  maxAttempts: number;
}

/** A delivery of an event, as the control endpoint shows it. */
export interface Delivery {
  eventId: string;
  eventType: string;
  state: 'held' | 'waiting' | 'sending' | 'delivered' | 'failed' | 'dropped';
  attempts: number;
  /** Status of the endpoint's answer to the last attempt; null if the endpoint didn't answer. */
  lastStatus: number | null;
  lastResponseBody: string | null;
  lastError: string | null;
}

interface QueuedDelivery extends Delivery {
  event: WireEvent;
  /** Endpoint of the delivery; null for the queue's own endpoint. */
  target: Target | null;
  /** Time of the next attempt, on the process's clock. */
  dueAtMs: number;
}

/** An endpoint that was created through the API. */
type Target = Pick<WebhookEndpoint, 'url' | 'secret'>;

const TARGET_TIMEOUT_MS = 10_000;

/** Milliseconds within which events count as one burst. */
const BURST_MS = 50;
/** Largest number of deliveries to keep; older deliveries are forgotten. */
const DELIVERIES_KEPT = 10_000;

/** Delivers events to the webhook endpoints in order, and retries each delivery until its endpoint answers with 2xx. */
export class WebhookQueue {
  readonly faults = new WebhookFaults();
  #deliveries: QueuedDelivery[] = [];
  /** Returns the endpoints, created through the API, that get events of a type. */
  targetsFor: (eventType: string) => readonly Target[] = () => [];
  #endpoint: WebhookEndpoint | undefined;
  readonly #retry: RetryPolicy;
  #sendingCount = 0;
  #wakeTimer: NodeJS.Timeout | undefined;
  #burstTimer: NodeJS.Timeout | undefined;
  #idleListeners: (() => void)[] = [];
  #abort = new AbortController();

  /** @param endpoint undefined to queue no events */
  constructor(endpoint: WebhookEndpoint | undefined, retry: RetryPolicy) {
    this.#endpoint = endpoint;
    this.#retry = retry;
  }

  /** Moves the endpoint; waiting deliveries go to the new address. Without an endpoint nothing changes. */
  moveTo(url: string): void {
    if (this.#endpoint) this.#endpoint = { ...this.#endpoint, url };
  }

  /** Returns all deliveries, newest last. */
  list(): Delivery[] {
    return this.#deliveries.map(({ event: _event, target: _target, dueAtMs: _dueAtMs, ...delivery }) => delivery);
  }

  /** Number of unfinished deliveries. */
  get pendingCount(): number {
    return this.#deliveries.filter(isPending).length;
  }

  /** Queues the deliveries of an event; the faults decide about copies, delay and order. */
  enqueue(event: WireEvent): void {
    const targets = this.targetsFor(event.type);
    for (const target of targets) this.#add(event, 'waiting', 0, target);
    event.pending_webhooks = targets.length;
    if (this.#endpoint) this.#enqueueForOwn(event);
    this.#pump();
  }

  #enqueueForOwn(event: WireEvent): void {
    const plan = this.faults.planFor(event);
    if (plan.copies === 0) this.#add(event, 'dropped', 0);
    for (let copy = 0; copy < plan.copies; copy += 1) {
      this.#add(event, plan.shuffled ? 'held' : 'waiting', plan.delayMs);
    }
    event.pending_webhooks += plan.copies;
    if (plan.shuffled) this.#extendBurst();
  }

  /** Queues another delivery of an event, without faults. */
  resend(event: WireEvent): void {
    if (!this.#endpoint) return;
    this.#add(event, 'waiting', 0);
    this.#pump();
  }

  /**
   * Waits until all deliveries are finished; a held burst is released at once.
   *
   * @returns false when the timeout passes first
   */
  async flush(timeoutMs: number): Promise<boolean> {
    this.#releaseBurst();
    if (this.pendingCount === 0) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    this.#idleListeners.push(() => resolve(true));
    const isIdle = await promise;
    clearTimeout(timer);
    return isIdle;
  }

  /** Forgets all deliveries and faults, and ignores answers that arrive later. */
  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#deliveries = [];
    this.#sendingCount = 0;
    this.faults.reset();
    clearTimeout(this.#wakeTimer);
    clearTimeout(this.#burstTimer);
    this.#announceIdle();
  }

  #add(event: WireEvent, state: Delivery['state'], delayMs: number, target: Target | null = null): void {
    this.#deliveries.push({
      event,
      target,
      eventId: event.id,
      eventType: event.type,
      state,
      attempts: 0,
      lastStatus: null,
      lastResponseBody: null,
      lastError: null,
      dueAtMs: performance.now() + delayMs,
    });
    if (this.#deliveries.length > DELIVERIES_KEPT) {
      const oldestDone = this.#deliveries.findIndex((delivery) => !isPending(delivery));
      if (oldestDone >= 0) this.#deliveries.splice(oldestDone, 1);
    }
  }

  /** Starts due deliveries, and sets a timer for the next delivery. */
  #pump(): void {
    clearTimeout(this.#wakeTimer);
    const nowMs = performance.now();
    const waiting = this.#deliveries.filter(({ state }) => state === 'waiting').sort((a, b) => a.dueAtMs - b.dueAtMs);
    for (const delivery of waiting) {
      if (this.#sendingCount >= this.faults.current.concurrency) return;
      if (delivery.dueAtMs > nowMs) {
        this.#wakeTimer = setTimeout(() => this.#pump(), delivery.dueAtMs - nowMs);
        return;
      }
      void this.#attempt(delivery);
    }
  }

  async #attempt(delivery: QueuedDelivery): Promise<void> {
    const endpoint = delivery.target ? { ...delivery.target, timeoutMs: TARGET_TIMEOUT_MS } : this.#endpoint;
    if (!endpoint) return;
    const { signal } = this.#abort;
    this.#sendingCount += 1;
    delivery.state = 'sending';
    const result = await sendWebhook(delivery.event, endpoint, signal);
    // The queue was cleared meanwhile, so this delivery is forgotten.
    if (signal.aborted) return;
    this.#sendingCount -= 1;
    this.#record(delivery, result);
    this.#pump();
    if (this.pendingCount === 0) this.#announceIdle();
  }

  #record(delivery: QueuedDelivery, result: SendResult): void {
    delivery.attempts += 1;
    delivery.lastStatus = 'status' in result ? result.status : null;
    delivery.lastResponseBody = 'status' in result ? result.body : null;
    delivery.lastError = 'error' in result ? result.error : null;
    if ('status' in result && result.status >= 200 && result.status < 300) {
      delivery.state = 'delivered';
      delivery.event.pending_webhooks = Math.max(0, delivery.event.pending_webhooks - 1);
      return;
    }
    if (delivery.attempts >= this.#retry.maxAttempts) {
      delivery.state = 'failed';
      return;
    }
    const delayMs = Math.min(this.#retry.maxDelayMs, this.#retry.baseDelayMs * 2 ** (delivery.attempts - 1));
    delivery.dueAtMs = performance.now() + delayMs;
    delivery.state = 'waiting';
  }

  #extendBurst(): void {
    clearTimeout(this.#burstTimer);
    this.#burstTimer = setTimeout(() => this.#releaseBurst(), BURST_MS);
  }

  #releaseBurst(): void {
    clearTimeout(this.#burstTimer);
    const held = this.#deliveries.filter(({ state }) => state === 'held');
    // All deliveries of a burst get the same time; deliveries with equal times keep the order of the list.
    const dueAtMs = Math.max(0, ...held.map((delivery) => delivery.dueAtMs));
    const others = this.#deliveries.filter((delivery) => !held.includes(delivery));
    for (const delivery of held) Object.assign(delivery, { state: 'waiting', dueAtMs });
    this.#deliveries = [...others, ...shuffle(held)];
    this.#pump();
  }

  #announceIdle(): void {
    for (const listener of this.#idleListeners.splice(0)) listener();
  }
}

function isPending({ state }: Delivery): boolean {
  return state === 'held' || state === 'waiting' || state === 'sending';
}

/** Returns the items in a different order, if there is a different order. */
function shuffle<T>(items: readonly T[]): T[] {
  const shuffled = items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
  return shuffled.every((item, index) => item === items[index]) ? shuffled.reverse() : shuffled;
}
