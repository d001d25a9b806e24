import * as fc from 'fast-check';
import { documentsOf, idsIn } from '../support/accountDocuments.ts';
import { type Reply, send } from '../support/apiClient.ts';
import { allEventsDispatched } from '../support/dispatched.ts';
import { type DrawnRequest, type Operation, operations, requestsTo } from '../support/drawnRequests.ts';
import { type Framework, startFramework } from '../support/framework.ts';
import { isIdField } from '../support/requestValues.ts';
import { allWebhooksDelivered, orderAnd, stripe } from '../support/stripeControl.ts';
import { Subscriber } from '../support/subscriptions.ts';

/** The seed that makes the requests the same in every run. */
const SEED = 20_260_314;
/** Requests for each operation with ids and each credential. */
const REQUESTS_WITH_IDS = 15;

let api: Framework;

/** An account with an object of every kind. */
class Owner {
  readonly #subscriber: Subscriber;
  readonly credentials: Readonly<Record<string, Record<string, string>>>;

  constructor(subscriber: Subscriber, credentials: Record<string, Record<string, string>>) {
    this.#subscriber = subscriber;
    this.credentials = credentials;
  }

  get accountId(): string {
    return this.#subscriber.person.accountId;
  }

  get customerId(): string {
    return this.#subscriber.customer.id;
  }

  static async create(): Promise<Owner> {
    const subscriber = await Subscriber.create();
    const { person } = subscriber;
    (await subscriber.subscribe({ createKey: true })).expect(201);
    await orderAnd(person, 'pay');
    await orderAnd(person, 'cancel');
    await person.grant(10_000);
    const post = async (path: string, body?: object) => (await person.send('POST', path, { body })).expect(201).data;
    await post('/billing/charges', { operation: 'follow', metadata: { customer: person.accountId } });
    await post('/billing/charges', { operation: 'follow', capture: false });
    const autoTopUp = { enabled: true, thresholdCredits: 1, pack: 'starter', monthlyCap: 100 };
    (await person.send('PUT', '/billing/auto-topup', { body: autoTopUp })).expect(200);
    const key = await person.createKey();
    const management = await person.createKey({ kind: 'management' });
    return new Owner(subscriber, {
      'an ID token': { authorization: `Bearer ${person.idToken}` },
      'a management key': { authorization: `Bearer ${management.secret}` },
      'an API key': { 'x-api-key': key.secret },
    });
  }

  /** Returns all data of the account, here and at Stripe. */
  async everything() {
    const [documents, customer, cards, subscriptions, invoices] = await Promise.all([
      documentsOf(this.accountId),
      stripe.customers.retrieve(this.customerId),
      stripe.paymentMethods.list({ customer: this.customerId }),
      stripe.subscriptions.list({ customer: this.customerId, status: 'all' }),
      stripe.invoices.list({ customer: this.customerId }),
    ]);
    return {
      documents,
      atStripe: JSON.parse(JSON.stringify([customer, cards.data, subscriptions.data, invoices.data])),
    };
  }
}

let attacker: Owner;
let victim: Owner;
/** The victim's data before the attacks. */
let untouched: Awaited<ReturnType<Owner['everything']>>;
/** Ids that only the victim has. */
let ids: string[];

beforeAll(async () => {
  api = await startFramework('api');
  attacker = await Owner.create();
  victim = await Owner.create();
  await allWebhooksDelivered();
  await Promise.all([allEventsDispatched(attacker.accountId), allEventsDispatched(victim.accountId)]);
  const own = idsIn(await attacker.everything());
  untouched = await victim.everything();
  ids = [...idsIn(untouched)].filter((id) => !own.has(id) && /^[A-Za-z0-9][\w-]{0,127}$/.test(id));
});
afterAll(() => api.stop());

/** True for an operation with ids in its path, its query or its body. */
const takesIds = ({ body, parameters }: Operation) =>
  parameters.some(({ name }) => isIdField(name)) || /"[a-zA-Z]*[a-z]Ids?":/.test(JSON.stringify(body));

/** Draws valid requests with ids of the victim in all fields for ids. */
function attacksOn(operation: Operation): DrawnRequest[] {
  const numRuns = takesIds(operation) ? REQUESTS_WITH_IDS : 5;
  return fc.sample(requestsTo(operation, { ids: { values: ids, always: true }, wild: false }), { seed: SEED, numRuns });
}

/** Sends a request and checks that the answer has no id of the victim that the request didn't have. */
async function attack({ method, path, ...options }: DrawnRequest, headers: Record<string, string>): Promise<Reply> {
  const reply = await send(method, path, { ...options, headers }, api.url);
  const sent = path + JSON.stringify(options.body ?? '');
  const told = ids.filter((id) => reply.text.includes(id) && !sent.includes(id));
  if (told.length > 0) throw reply.failure(`tells ${told.join(', ')}`);
  return reply;
}

/** Returns the status of an answer, or the statuses of the parts of a batch. */
function statusesOf(reply: Reply): number[] {
  const results: { success: boolean; error?: { code: string } }[] | undefined =
    reply.status === 200 ? reply.data?.results : undefined;
  if (!results) return [reply.status];
  return results.map(({ success, error }) => (success ? 200 : error?.code.endsWith('_NOT_FOUND') ? 404 : 400));
}

async function expectUntouched(): Promise<void> {
  expect(await victim.everything()).toEqual(untouched);
}

const isRefusal = (status: number) => [400, 403, 404].includes(status);

it('the victim has ids to try', () => {
  expect(ids.length).toBeGreaterThan(20);
});

it.each(operations.map((operation) => [operation.name, operation] as const))(
  "%s with another account's ids finds nothing and changes nothing",
  async (_name, operation) => {
    const attacks = attacksOn(operation);
    const attackWith = async (headers: Record<string, string>) => {
      const statuses = new Set<number>();
      for (const request of attacks) {
        const reply = await attack(request, headers);
        for (const status of statusesOf(reply)) statuses.add(status);
        if (takesIds(operation) && !statusesOf(reply).every(isRefusal)) throw reply.failure('expected 403 or 404');
      }
      // Some requests must pass the validation of their other fields.
      if (takesIds(operation)) expect([...statuses].some((status) => status === 403 || status === 404)).toBe(true);
    };
    await Promise.all(Object.values(attacker.credentials).map(attackWith));
    // Reads are checked with the next operation that may write, or at the end, because each check reads all data.
    if (operation.method !== 'GET') await expectUntouched();
  },
);

it('after all attacks the data of the victim is unchanged', expectUntouched);
