import { newPerson, personWithCredits } from '../../support/people.ts';

const add = (amountCredits: unknown) => ({ body: { amountCredits } });

it('are spent by test keys and never seen by the main wallet', async () => {
  const { person, key } = await personWithCredits(7);
  const before = await person.credits();
  const testKey = await person.createKey({ kind: 'test' });
  const opening = (await testKey.send('GET', '/billing/balance')).expect(200).json.balance.credits;
  const { data } = (await person.send('POST', '/account/test-credits', add(500))).expect(201);
  expect(data).toMatchObject({ walletId: 'test', amountCredits: 500, balanceAfterCredits: opening + 500 });
  (await testKey.charge({ operation: 'presetShare' })).expect(201);
  expect((await testKey.send('GET', '/billing/balance')).json.balance.credits).toBe(opening + 490);
  expect(await person.credits()).toEqual(before);
  expect((await key.send('GET', '/billing/balance')).json.balance.credits).toBe(7);
});

it('come once for one Idempotency-Key, however often and however many at once ask', async () => {
  const person = await newPerson();
  const request = { ...add(300), idempotencyKey: 'more' };
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => person.send('POST', '/account/test-credits', request)),
  );
  for (const reply of replies) expect(reply.expect(201).data.balanceAfterCredits).toBe(300);
  (await person.send('POST', '/account/test-credits', { ...request, ...add(301) })).expectError(
    422,
    'IDEMPOTENCY_KEY_REUSED',
  );
  expect((await person.send('POST', '/account/test-credits', add(1))).expect(201).data.balanceAfterCredits).toBe(301);
});

it.each([0, -1, 1.5, '10', null, 1_000_001])('refuse %j as an amount', async (amount) => {
  const person = await newPerson();
  const reply = await person.send('POST', '/account/test-credits', add(amount));
  reply.expectError(400, 'INVALID_REQUEST', 'amountCredits');
});

it('are not for API keys to add', async () => {
  const person = await newPerson();
  const testKey = await person.createKey({ kind: 'test' });
  (await testKey.send('POST', '/account/test-credits', add(1))).expectError(403, 'CREDENTIAL_NOT_ALLOWED');
});
