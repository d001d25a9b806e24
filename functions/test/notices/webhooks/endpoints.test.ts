import type { Reply } from '../../support/apiClient.ts';
import { newPerson, type Person } from '../../support/people.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});

const create = (idempotencyKey?: string) =>
  person.send('POST', '/account/webhooks', { body: { url: 'http://127.0.0.1:9/hook' }, idempotencyKey });
const list = async () => (await person.send('GET', '/account/webhooks')).expect(200).data;

it('thirty concurrent requests create twenty endpoints', async () => {
  (await create('the first')).expect(201);
  const replies = await Promise.all(Array.from({ length: 29 }, () => create()));
  const refused = replies.filter(({ status }) => status !== 201);
  expect(refused).toHaveLength(10);
  for (const reply of refused) reply.expectError(409, 'TOO_MANY_WEBHOOKS');
  expect(await list()).toHaveLength(20);
  // A repeated request still finds its endpoint when the limit is reached.
  expect((await create('the first')).expect(201).headers.get('idempotent-replayed')).toBe('true');
});

it('ten concurrent requests with one Idempotency-Key create one endpoint', async () => {
  const replies = await Promise.all(Array.from({ length: 10 }, () => create('the same')));
  const ids = replies.map((reply) => reply.expect(201).data.id);
  expect(new Set(ids).size).toBe(1);
  expect(await list()).toHaveLength(1);
});

it('a rotation that is repeated after another rotation changes nothing', async () => {
  const { id } = (await create()).expect(201).data;
  const rotate = async (idempotencyKey: string): Promise<Reply> =>
    (await person.send('POST', `/account/webhooks/${id}/rotate`, { idempotencyKey })).expect(200);
  const isReplayed = ({ headers }: Reply) => headers.get('idempotent-replayed') === 'true';
  const rotations = ['one', 'two', 'three'];
  for (const key of rotations) expect(isReplayed(await rotate(key))).toBe(false);
  const { secret } = (await rotate('four')).data;
  for (const key of rotations) {
    const repeated = await rotate(key);
    expect(isReplayed(repeated)).toBe(true);
    expect(repeated.data.secret).toBe(secret);
  }
});
