import { send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

it('is exactly as printed in the documentation', async () => {
  const { key } = await personWithCredits(187);
  const { json } = (await key.send('GET', '/billing/balance')).expect(200);
  expect(json).toEqual({
    success: true,
    balance: {
      credits: 187,
      rateLimit: { limit: 10_000, remaining: expect.any(Number), resetsAt: expect.any(String) },
    },
  });
  expect(Object.keys(json.balance)).toEqual(['credits', 'rateLimit']);
  expect(Object.keys(json.balance.rateLimit)).toEqual(['limit', 'remaining', 'resetsAt']);
  expect(json.balance.rateLimit.resetsAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
});

it('counts down with every request of the account, whichever key makes it, and says so in the headers', async () => {
  const { person, key } = await personWithCredits(10);
  const other = await person.createKey();
  const windows = new Map<string, number[]>();
  for (const caller of [key, other, key, other]) {
    const reply = (await caller.send('GET', '/billing/balance')).expect(200);
    const { remaining, resetsAt } = reply.json.balance.rateLimit;
    windows.set(resetsAt, [...(windows.get(resetsAt) ?? []), remaining]);
    expect(reply.headers.get('ratelimit-policy')).toBe('"account";q=10000;w=60');
    expect(reply.headers.get('ratelimit')).toMatch(/^"account";r=\d+;t=\d+$/);
  }
  for (const counts of windows.values()) {
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(new Set(counts).size).toBe(counts.length);
  }
});

it("is the owner's to see too, without being counted for API keys", async () => {
  const { person } = await personWithCredits(10);
  const reply = (await person.send('GET', '/billing/balance')).expect(200);
  expect(reply.json.balance).toMatchObject({ credits: 10, rateLimit: { remaining: 10_000 } });
  expect(reply.headers.get('ratelimit')).toMatch(/^"owner";r=\d+;t=\d+$/);
});

it('leaves out credits whose time is over, before anything has posted their end', async () => {
  const { person, key } = await personWithCredits(10);
  await person.grant(5, new Date(Date.now() + 1).toISOString());
  while ((await key.send('GET', '/billing/balance')).json.balance.credits !== 10) await new Promise(setImmediate);
  expect((await person.credits()).lots).toEqual([{ source: 'grant', remainingCredits: 10, expiresAt: null }]);
  (await key.charge({ operation: 'presetShare' })).expect(201);
  (await key.charge({ operation: 'follow' })).expectError(402, 'INSUFFICIENT_CREDITS');
});

describe('the rate limit', () => {
  let instances: Framework[];
  beforeAll(async () => {
    instances = await Promise.all([startFramework('api'), startFramework('api')]);
  });
  afterAll(() => Promise.all(instances.map((instance) => instance.stop())));

  it('lets no more through than it says, over several instances, and answers the rest with 429', async () => {
    const { admitted, refused } = await untilWithinOneWindow(async () => {
      // Somebody new each time: of who came before, instances may have leased a part of the window.
      const { person, key } = await personWithCredits(10);
      await leaveOfWindow(person.accountId, 30);
      return Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          send('GET', '/billing/balance', { headers: { 'x-api-key': key.secret } }, instances[index % 2]?.url),
        ),
      );
    });
    expect(admitted).toHaveLength(30);
    for (const reply of refused) {
      reply.expectError(429, 'RATE_LIMITED');
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  /** Repeats what happened to cross the end of a minute. */
  async function untilWithinOneWindow(attempt: () => Promise<Awaited<ReturnType<typeof send>>[]>) {
    for (;;) {
      const minute = Math.floor(Date.now() / 60_000);
      const replies = await attempt();
      if (Math.floor(Date.now() / 60_000) !== minute) continue;
      return {
        admitted: replies.filter((reply) => reply.status === 200),
        refused: replies.filter((reply) => reply.status !== 200),
      };
    }
  }

  /** Makes it so that other instances have leased all but so many requests of the present window. */
  async function leaveOfWindow(accountId: string, requests: number): Promise<void> {
    const windowStart = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString();
    await database()
      .doc(`rateLimits/${accountId}`)
      .set({ windowStart, leased: 10_000 - requests });
  }
});
