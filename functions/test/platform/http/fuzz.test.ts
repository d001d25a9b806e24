import * as fc from 'fast-check';
import { TestChain, XPUB } from '../../providers/usdc/chain/TestChain.ts';
import { send } from '../../support/apiClient.ts';
import { type DrawnRequest, type Operation, operations, requestsTo } from '../../support/drawnRequests.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { contractProblems } from '../../support/openapiContract.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import { seedFrom } from '../../support/seeds.ts';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2_000);
/** The seed of the requests; the same seed draws the same requests. */
const SEED = seedFrom('FUZZ_SEED');
const REQUESTS_PER_OPERATION = Math.ceil(REQUESTS / operations.length);

let api: Framework;
let chain: TestChain;
let admin: Person;

beforeAll(async () => {
  chain = await TestChain.start();
  api = await startFramework('api', { USDC_DEPOSIT_XPUB: XPUB, USDC_RPC_URL: chain.proxy.url });
  admin = await newAdmin();
});
afterAll(async () => {
  await api.stop();
  await chain.stop();
});

/** Creates an account that the requests may change in any way, and returns the ids of its objects. */
interface Subject {
  readonly credentials: readonly Record<string, string>[];
  readonly ids: readonly string[];
}

async function newSubject(): Promise<Subject> {
  const person = await newPerson();
  await person.grant(1_000_000);
  const owner = { authorization: `Bearer ${person.idToken}` };
  const create = async (path: string, body: object) => {
    const reply = await send('POST', path, { headers: owner, body }, api.url);
    return reply.expect(201).data;
  };
  const hold = { operation: 'follow', capture: false };
  const things = [
    await create('/billing/charges', { operation: 'follow' }),
    await create('/billing/charges', hold),
    await create('/billing/charges', hold),
    await create('/account/keys', {}),
  ];
  const { orderId } = await create('/billing/checkout', { pack: 'starter' });
  const key = await create('/account/keys', { name: 'caller' });
  const management = await create('/account/keys', { kind: 'management' });
  return {
    ids: ['main', 'test', orderId, person.accountId, ...things.map(({ id }) => id as string)],
    credentials: [owner, { 'x-api-key': key.apiKey }, { authorization: `Bearer ${management.apiKey}` }],
  };
}

/** Operations that would change prices for all tests; they are sent without permission, so they are refused. */
const CHANGES_THE_CATALOG = /^(PUT|POST) \/admin\/(catalog|catalog\/rollback|(plans|packs|pricing|checkin)\b.*)$/;

/** Draws a credential, mostly one with access to the operation. */
function credentialsFor({ access, name }: Operation, { credentials }: Subject): fc.Arbitrary<Record<string, string>> {
  if (CHANGES_THE_CATALOG.test(name)) return fc.constantFrom(...credentials, {});
  const operator = { authorization: `Bearer ${admin.idToken}` };
  const entitled = access.to === 'admin' ? [operator] : credentials.slice(0, access.to === 'key' ? 3 : 1);
  return fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...entitled) },
    { weight: 2, arbitrary: fc.constantFrom(...credentials) },
    { weight: 1, arbitrary: fc.constantFrom<Record<string, string>>({}, { authorization: 'Bearer x' }) },
  );
}

/** Sends a request; throws if the OpenAPI document doesn't allow the answer. */
async function expectDocumented(request: DrawnRequest, headers: Record<string, string>): Promise<void> {
  const { method, path, ...options } = request;
  const reply = await send(method, path, { ...options, headers }, api.url);
  if (reply.status >= 500) throw reply.failure('no input may lead to this');
  const problems = await contractProblems(method, path, reply, reply.text);
  if (problems.length > 0) throw reply.failure(`the answer is not as documented: ${problems.join('; ')}`);
}

/** Operations that are tried concurrently. */
const AT_ONCE = 4;

/** Sends the drawn requests of an operation. */
async function tryOperation(operation: Operation): Promise<void> {
  const subject = await newSubject();
  const ids = { values: subject.ids, always: false };
  const requests = requestsTo(operation, { ids, wild: true });
  await fc.assert(fc.asyncProperty(requests, credentialsFor(operation, subject), expectDocumented), {
    seed: SEED,
    numRuns: REQUESTS_PER_OPERATION,
  });
}

describe(`requests drawn from the seed ${SEED}`, () => {
  const waiting = [...operations];
  const outcomes = new Map<string, PromiseSettledResult<void>>();

  beforeAll(async () => {
    const tryWhatWaits = async () => {
      for (let operation = waiting.shift(); operation; operation = waiting.shift()) {
        const [outcome] = await Promise.allSettled([tryOperation(operation)]);
        outcomes.set(operation.name, outcome);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, tryWhatWaits));
  }, PATIENCE_MS);

  it.each(operations.map(({ name }) => name))(`%s answers ${REQUESTS_PER_OPERATION} of them as documented`, (name) => {
    const outcome = outcomes.get(name);
    if (outcome?.status !== 'fulfilled') throw outcome?.reason ?? new Error('it was not tried');
  });
});
