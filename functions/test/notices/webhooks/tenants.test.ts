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

/** Receivers that take every request and never answer, until they are told to. */
class HangingReceivers {
  /** Requests that came, and those of them that their sender has given up. */
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

  /** Cuts what hangs, and answers from now on. */
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
 * A queue in this process that runs so many tasks at once, as the one in the cloud does; the others wait their turn.
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
    // What is to be tried again later is not this test's.
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

/** A delivery that is due, and its task. */
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

it('one account with twenty hanging receivers keeps nobody else waiting, and gets its own in the end', async () => {
  const [greedy, modest] = [await newPerson(), await newPerson()];
  const url = await hanging.start();
  const endpoints = [];
  for (let index = 0; index < 20; index += 1) endpoints.push(await endpointOf(greedy, `${url}/${index}`));
  const ids = await Promise.all(endpoints.map((endpointId) => deliver(greedy, endpointId)));
  await deliver(modest, await endpointOf(modest, receiver.url));
  queue.serve(deps);
  await receiver.until(1);
  // None of those that hang has reached its deadline by then.
  expect(hanging.givenUp).toBe(0);
  while (hanging.arrived < MAX_AT_ONCE) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(hanging.arrived).toBe(MAX_AT_ONCE);
  // Whoever waits is called by those that end.
  hanging.recover();
  while ((await statusesOf(ids)).filter((status) => status === 'succeeded').length < ids.length - MAX_AT_ONCE);
  const line = (await database().doc(`webhookLines/${greedy.accountId}`).get()).data();
  expect(Object.keys(line?.underWay ?? {}).length).toBeLessThanOrEqual(MAX_AT_ONCE);
}, 60_000);

it('whoever waits behind attempts that crashed is called by the sweep', async () => {
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
  // Nobody waits any more: the next sweep notes that, and doesn't come again.
  await line.update({ wakeAt: past });
  await sweepLines(deps);
  expect((await line.get()).data()).toEqual({ shape: 1, accountId: person.accountId, underWay: {}, wakeAt: null });
});

it('pings and repetitions are bounded in a minute, and a repeated request is not counted', async () => {
  const [person, other] = [await newPerson(), await newPerson()];
  const id = await endpointOf(person, receiver.url);
  const ping = (idempotencyKey?: string) =>
    person.send('POST', `/account/webhooks/${id}/test`, { ...(idempotencyKey && { idempotencyKey }) });
  const { eventId } = (await ping('first')).expect(201).data;
  // As if all of this minute and of the next had been used, so that it doesn't matter whether a minute ends meanwhile.
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

it('webhooks are not sent to the ports of the suite, however this machine is written', async () => {
  const person = await newPerson();
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const body = { url: `http://${host}:12111/_local/reset` };
    (await person.send('POST', '/account/webhooks', { body })).expectError(400, 'INVALID_REQUEST', 'url');
  }
  const body = { url: receiver.url.replace('127.0.0.1', 'localhost') };
  (await person.send('POST', '/account/webhooks', { body })).expect(201);
});
