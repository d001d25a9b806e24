import { send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let instances: Framework[];
let person: Person;
let managementKey: string;
beforeAll(async () => {
  instances = await Promise.all([startFramework('api'), startFramework('api')]);
});
afterAll(() => Promise.all(instances.map((instance) => instance.stop())));
beforeEach(async () => {
  person = await newPerson();
  const body = { name: 'automation', kind: 'management' };
  managementKey = (await person.send('POST', '/account/keys', { body })).expect(201).data.apiKey;
});

const ask = (credential: string, path = '/account/credits', index = 0) =>
  send('GET', path, { headers: { authorization: `Bearer ${credential}` } }, instances[index % 2]?.url);

const minuteNow = () => Math.floor(Date.now() / 60_000);
const windowStart = (minute: number) => new Date(minute * 60_000).toISOString();

/** Makes other processes lease all but a number of requests of the present minute. */
async function leaveOf(subject: string, limit: number, left: number): Promise<void> {
  await database()
    .doc(`rateLimits/${subject}`)
    .set({ windowStart: windowStart(minuteNow()), leased: limit - left });
}

/** Repeats a test body that ran across the end of a minute, which may have made it fail. */
async function withinOneWindow(attempt: () => Promise<void>): Promise<void> {
  for (;;) {
    const minute = minuteNow();
    try {
      await attempt();
      if (minuteNow() === minute) return;
    } catch (error) {
      if (minuteNow() === minute) throw error;
    }
  }
}

/** The local catalog's limit of owners' requests per minute. */
const LIMIT = 10_000;

it.each([
  ['an owner who is signed in', 'owner', 'owner of'],
  ['management keys', 'managementKey', 'management keys of'],
])(
  '%s may make so many requests a minute, over all instances; an answer says what is left',
  async (_who, policy, of) => {
    await withinOneWindow(async () => {
      person = await newPerson();
      const body = { name: 'automation', kind: 'management' };
      managementKey = (await person.send('POST', '/account/keys', { body })).expect(201).data.apiKey;
      const credential = policy === 'owner' ? person.idToken : managementKey;
      await leaveOf(`${of} ${person.accountId}`, LIMIT, 6);
      const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(credential, undefined, index)));
      const answered = replies.filter(({ status }) => status === 200);
      expect(answered).toHaveLength(6);
      for (const { headers } of answered) {
        expect(headers.get('ratelimit-policy')).toBe(`"${policy}";q=${LIMIT};w=60`);
        expect(headers.get('ratelimit')).toMatch(new RegExp(`^"${policy}";r=\\d;t=\\d+$`));
      }
      for (const reply of replies.filter(({ status }) => status !== 200)) {
        const { details } = reply.expectError(429, 'RATE_LIMITED').json.error;
        expect(details).toMatchObject({ policy, limit: LIMIT });
        expect(reply.headers.get('retry-after')).toBe(String(details.retryAfterSeconds));
        expect(reply.headers.get('ratelimit')).toMatch(new RegExp(`^"${policy}";r=0;t=\\d+$`));
      }
    });
  },
);

it('a management key that uses up its limit stops neither its revocation nor charges with API keys', async () => {
  await withinOneWindow(async () => {
    await leaveOf(`management keys of ${person.accountId}`, LIMIT, 0);
    (await ask(managementKey)).expectError(429, 'RATE_LIMITED');
    (await ask(person.idToken)).expect(200);
    const key = await person.createKey();
    (await key.send('GET', '/billing/balance')).expect(200);
  });
});

it('limits of owners are separate, and refused requests count', async () => {
  await withinOneWindow(async () => {
    person = await newPerson();
    await leaveOf(`owner of ${person.accountId}`, LIMIT, 2);
    for (let count = 0; count < 2; count += 1) {
      (await ask(person.idToken, '/admin/orders')).expectError(403, 'ADMIN_REQUIRED');
    }
    (await ask(person.idToken, '/admin/orders')).expectError(429, 'RATE_LIMITED');
    (await ask((await newPerson()).idToken)).expect(200);
  });
});

it('requests of operators are not counted', async () => {
  const admin = await newAdmin();
  const reply = (await ask(admin.idToken, '/admin/orders')).expect(200);
  expect(reply.headers.get('ratelimit')).toBeNull();
  expect((await database().doc(`rateLimits/owner of ${admin.accountId}`).get()).exists).toBe(false);
});
