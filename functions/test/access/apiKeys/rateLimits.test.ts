import { hashSecret } from '../../../src/access/apiKeys/apiKey.ts';
import { send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let instances: Framework[];
let person: Person;
beforeAll(async () => {
  instances = await Promise.all(Array.from({ length: 3 }, () => startFramework('api')));
});
afterAll(() => Promise.all(instances.map((instance) => instance.stop())));
beforeEach(async () => {
  ({ person } = await personWithCredits(10));
});

const ask = (key: Key, index = 0) =>
  send('GET', '/billing/balance', { headers: { 'x-api-key': key.secret } }, instances[index % 3]?.url);
const minuteNow = () => Math.floor(Date.now() / 60_000);
const windowRef = (subject: string) => database().doc(`rateLimits/${subject}`);

/** Repeats a test body that ran across the end of a minute, which may have made it fail. */
async function withinOneWindow<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    const minute = minuteNow();
    try {
      const result = await attempt();
      if (minuteNow() === minute) return result;
    } catch (error) {
      if (minuteNow() === minute) throw error;
    }
  }
}

it("a key's limit holds across several instances", async () => {
  const replies = await withinOneWindow(async () => {
    const key = await person.createKey({ rateLimitPerMinute: 20 });
    return Promise.all(Array.from({ length: 60 }, (_, index) => ask(key, index)));
  });
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(20);
  for (const reply of replies.filter(({ status }) => status !== 200)) {
    const { details } = reply.expectError(429, 'RATE_LIMITED').json.error;
    expect(details).toMatchObject({ policy: 'key', limit: 20 });
    expect(Number(reply.headers.get('retry-after'))).toBe(details.retryAfterSeconds);
  }
});

it("headers have both limits, and requests refused by the key's limit are not counted for the account", async () => {
  await withinOneWindow(async () => {
    const key = await person.createKey({ rateLimitPerMinute: 2 });
    const first = (await ask(key)).expect(200);
    expect(first.headers.get('ratelimit-policy')).toMatch(/^"account";q=\d+;w=60, "key";q=2;w=60$/);
    expect(first.headers.get('ratelimit')).toMatch(/^"account";r=\d+;t=\d+, "key";r=1;t=\d+$/);
    const second = await ask(key);
    const leftOf = (header: string | null) => Number(/"account";r=(\d+)/.exec(header ?? '')?.[1]);
    const before = leftOf(second.headers.get('ratelimit'));
    const refused = await ask(key);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/);
    const other = await ask(await person.createKey());
    expect(leftOf(other.headers.get('ratelimit'))).toBe(before - 1);
  });
});

it("requests refused by the account's limit are not counted for the key", async () => {
  await withinOneWindow(async () => {
    const key = await person.createKey({ rateLimitPerMinute: 20 });
    const windowStart = new Date(minuteNow() * 60_000).toISOString();
    // Other processes have leased the whole window of the account.
    await windowRef(person.accountId).set({ windowStart, leased: 1_000_000 });
    for (let count = 0; count < 5; count += 1) {
      const reply = await ask(key);
      expect(reply.status).toBe(429);
      expect(reply.json.error.details.policy).toBe('account');
      expect(reply.headers.get('ratelimit')).toMatch(/^"account";r=0;t=\d+, "key";r=20;t=\d+$/);
    }
  });
});

it('the balance shows the limit that the key reaches first', async () => {
  await withinOneWindow(async () => {
    const key = await person.createKey({ rateLimitPerMinute: 20 });
    const { rateLimit } = (await ask(key)).expect(200).json.balance;
    expect(rateLimit).toMatchObject({ limit: 20, remaining: 19 });
    const windowStart = new Date(minuteNow() * 60_000).toISOString();
    const plain = await person.createKey();
    const { limit } = (await ask(plain, 1)).expect(200).json.balance.rateLimit;
    expect(limit).toBeGreaterThan(20);
    // Other processes have leased all but a few requests of the account's window.
    await windowRef(person.accountId).set({ windowStart, leased: limit - 5 });
    const told = (await ask(key, 2)).expect(200).json.balance.rateLimit;
    expect(told.limit).toBe(limit);
    expect(told.remaining).toBeLessThan(5);
  });
});

it('keys with the same id in two accounts are counted separately', async () => {
  await withinOneWindow(async () => {
    const { person: other } = await personWithCredits(10);
    const make = async (who: Person) => {
      const { data } = (await who.send('POST', '/account/keys', { body: { rateLimitPerMinute: 1 } })).expect(201);
      return data as { id: string; apiKey: string };
    };
    const [first, second] = [await make(person), await make(other)];
    // Such ids belong to keys created before ids were derived from the account.
    await database()
      .doc(`apiKeys/${hashSecret(second.apiKey)}`)
      .update({ id: first.id });
    for (const { apiKey } of [first, second]) {
      (await send('GET', '/billing/balance', { headers: { 'x-api-key': apiKey } }, instances[0]?.url)).expect(200);
    }
  });
});
