import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runUnitOfWork } from '@cloud-bridge/base';
import type { Parts } from '../../../src/main/compose.ts';
import { newEvent } from '../../../src/notices/events/accountEvent.ts';
import { attemptDelivery } from '../../../src/notices/webhooks/attemptDelivery.ts';
import { newDelivery } from '../../../src/notices/webhooks/delivery.ts';
import { sweepLines } from '../../../src/notices/webhooks/moveLine.ts';
import { MAX_AT_ONCE } from '../../../src/notices/webhooks/waitingLine.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { database } from '../../support/suite.ts';
import { WebhookReceiver } from '../../support/webhookReceiver.ts';

/** Receivers that accept every request and don't answer until the test releases them. */
class HangingReceivers {
  /** Number of requests received, and number of requests that the sender has aborted. */
  arrived = 0;
  givenUp = 0;
  #isHanging = true;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((_request, response) => {
      this.arrived += 1;
      if (!this.#isHanging) return void response.end();
      response.on('close', () => {
        this.givenUp += 1;
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts the hanging requests, and answers all later requests. */
  recover(): void {
    this.#isHanging = false;
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.recover();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/**
 * A task queue in this process that runs a limited number of tasks at once, as the cloud's queue does; others wait.
 */
class Queue {
  readonly #atOnce: number;
  readonly #waiting: string[] = [];
  readonly #running = new Set<Promise<void>>();
  #deps: Parts | undefined;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  serve(deps: Parts): void {
    this.#deps = deps;
    this.#next();
  }

  async enqueue(deliveryId: string, delaySeconds: number): Promise<void> {
    // This test doesn't run retries, so it drops tasks with a delay.
    if (delaySeconds > 0) return;
    this.#waiting.push(deliveryId);
    this.#next();
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #next(): void {
    while (this.#deps && this.#running.size < this.#atOnce) {
      const deliveryId = this.#waiting.shift();
      if (deliveryId === undefined) return;
      const task = attemptDelivery(this.#deps, deliveryId);
      this.#running.add(task);
      void task.finally(() => {
        this.#running.delete(task);
        this.#next();
      });
    }
  }
}

let deps: Parts;
let queue: Queue;
let hanging: HangingReceivers;
let receiver: WebhookReceiver;
beforeEach(async () => {
  queue = new Queue(MAX_AT_ONCE + 3);
  deps = { ...suiteDeps(), webhookTasks: queue };
  hanging = new HangingReceivers();
  receiver = new WebhookReceiver();
  await receiver.start();
});
afterEach(async () => {
  await hanging.stop();
  await queue.idle();
  await receiver.stop();
});

async function endpointOf(person: Person, url: string): Promise<string> {
  return (await person.send('POST', '/account/webhooks', { body: { url } })).expect(201).data.id;
}

/** Creates a delivery that is due, with its task. */
async function deliver(person: Person, endpointId: string): Promise<string> {
  const now = new Date().toISOString();
  const event = newEvent({ accountId: person.accountId, type: 'order.paid' }, [randomUUID()], {}, now);
  const delivery = newDelivery(event, endpointId, now);
  await runUnitOfWork(database(), async (unit) => deps.webhookDeliveries.createIn(unit, delivery));
  await queue.enqueue(delivery.id, 0);
  return delivery.id;
}

const statusesOf = async (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await deps.webhookDeliveries.find(id))?.status));

it("an account's hanging receivers delay no other account, and its own webhooks arrive in the end", async () => {
  const [greedy, modest] = [await newPerson(), await newPerson()];
  const url = await hanging.start();
  const endpoints = [];
  for (let index = 0; index < 20; index += 1) endpoints.push(await endpointOf(greedy, `${url}/${index}`));
  const ids = await Promise.all(endpoints.map((endpointId) => deliver(greedy, endpointId)));
  await deliver(modest, await endpointOf(modest, receiver.url));
  queue.serve(deps);
  await receiver.until(1);
  // None of the hanging attempts has reached its time limit by then.
  expect(hanging.givenUp).toBe(0);
  while (hanging.arrived < MAX_AT_ONCE) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(hanging.arrived).toBe(MAX_AT_ONCE);
  // Attempts that end start the deliveries that wait.
  hanging.recover();
  while ((await statusesOf(ids)).filter((status) => status === 'succeeded').length < ids.length - MAX_AT_ONCE);
  const line = (await database().doc(`webhookLines/${greedy.accountId}`).get()).data();
  expect(Object.keys(line?.underWay ?? {}).length).toBeLessThanOrEqual(MAX_AT_ONCE);
}, 60_000);

it('the sweep starts deliveries that wait behind crashed attempts', async () => {
  const person = await newPerson();
  const endpointId = await endpointOf(person, receiver.url);
  const id = await deliver(person, endpointId);
  const past = new Date(Date.now() - 1_000).toISOString();
  const future = new Date(Date.now() + 60_000).toISOString();
  const underWay = (until: string) =>
    Object.fromEntries(Array.from({ length: MAX_AT_ONCE }, (_, index) => [`dlv_crashed_${index}`, until]));
  const line = database().doc(`webhookLines/${person.accountId}`);
  await line.set({ accountId: person.accountId, underWay: underWay(future), wakeAt: future });
  queue.serve(deps);
  await queue.idle();
  expect(await deps.webhookDeliveries.find(id)).toMatchObject({ status: 'pending', waitingSince: expect.any(String) });
  await line.update({ underWay: underWay(past), wakeAt: past });
  await sweepLines(deps);
  await receiver.until(1);
  await queue.idle();
  expect(await statusesOf([id])).toEqual(['succeeded']);
  // No delivery waits: the next sweep notes that, and doesn't check the line again.
  await line.update({ wakeAt: past });
  await sweepLines(deps);
  expect((await line.get()).data()).toEqual({ shape: 1, accountId: person.accountId, underWay: {}, wakeAt: null });
});

it('pings and resent events are limited by the minute, and a repeated request is not counted', async () => {
  const [person, other] = [await newPerson(), await newPerson()];
  const id = await endpointOf(person, receiver.url);
  const ping = (idempotencyKey?: string) =>
    person.send('POST', `/account/webhooks/${id}/test`, { ...(idempotencyKey && { idempotencyKey }) });
  const { eventId } = (await ping('first')).expect(201).data;
  // Uses up this minute and the next, so that the test doesn't depend on whether a minute ends meanwhile.
  const windowStart = new Date(Math.ceil(Date.now() / 60_000) * 60_000).toISOString();
  await database().doc(`rateLimits/webhook sends of ${person.accountId}`).set({ windowStart, leased: 30 });
  const refused = (await ping()).expectError(429, 'RATE_LIMITED');
  expect(refused.headers.get('retry-after')).toBe('60');
  (await ping('first')).expect(201);
  const resend = await person.send('POST', `/account/webhooks/${id}/events/${eventId}/resend`);
  resend.expectError(429, 'RATE_LIMITED');
  const others = await endpointOf(other, receiver.url);
  (await other.send('POST', `/account/webhooks/${others}/test`)).expect(201);
});

it("webhooks are not sent to the suite's ports, in any notation of this machine's address", async () => {
  const person = await newPerson();
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const body = { url: `http://${host}:12111/_local/reset` };
    (await person.send('POST', '/account/webhooks', { body })).expectError(400, 'INVALID_REQUEST', 'url');
  }
  const body = { url: receiver.url.replace('127.0.0.1', 'localhost') };
  (await person.send('POST', '/account/webhooks', { body })).expect(201);
});
