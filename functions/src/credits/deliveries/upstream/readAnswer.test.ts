import { readAnswer } from './readAnswer.ts';

const read = (httpStatus: number, body: unknown) =>
  readAnswer({ httpStatus, body: typeof body === 'string' || body === null ? body : JSON.stringify(body) });
const refusal = { code: 'RECIPIENT_UNKNOWN', message: 'There is no such user.' };

describe("the service's statement on a delivery", () => {
  it.each([200, 201, 202])('counts with status %i', (status) => {
    expect(read(status, { status: 'delivered', result: [1] })).toEqual({ type: 'delivered', result: [1] });
    expect(read(status, { status: 'failed', error: refusal })).toEqual({ type: 'failed', refusal });
    expect(read(status, { status: 'pending' })).toEqual({ type: 'pending' });
  });

  it('counts with a 4xx if it says failed, but not if it says delivered', () => {
    expect(read(422, { status: 'failed', error: refusal })).toEqual({ type: 'failed', refusal });
    expect(read(422, { status: 'delivered' })).toMatchObject({ type: 'refused' });
  });

  it('does not count with a redirect or a 5xx', () => {
    expect(read(307, { status: 'delivered' })).toMatchObject({ type: 'brokenAnswer' });
    expect(read(500, { status: 'failed', error: refusal })).toMatchObject({ type: 'brokenAnswer' });
  });

  it('may have no result', () => {
    expect(read(200, { status: 'delivered' })).toEqual({ type: 'delivered', result: null });
  });

  it('loses a result that is too deep to be stored', () => {
    const body = `{"status":"delivered","result":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    expect(read(200, body)).toEqual({ type: 'delivered', result: null });
  });
});

describe('without a statement on the delivery', () => {
  it.each([
    [400, 'refused'],
    [409, 'refused'],
    [401, 'misdirected'],
    [403, 'misdirected'],
    [404, 'misdirected'],
    [429, 'throttled'],
    [301, 'brokenAnswer'],
    [500, 'brokenAnswer'],
    [503, 'brokenAnswer'],
  ])('a %i is %s', (status, type) => {
    expect(read(status, 'nothing that is JSON')).toMatchObject({ type });
    expect(read(status, { error: refusal })).toMatchObject({ type });
  });

  it.each([
    null,
    '',
    'text',
    '{"status":"deli',
    {},
    [],
    { status: 'DELIVERED' },
    { status: 'failed' },
    { status: 'failed', error: { code: 1, message: 'x' } },
  ])('a 200 with %j is broken, not delivered', (body) => {
    expect(read(200, body)).toEqual({
      type: 'brokenAnswer',
      refusal: { code: 'MALFORMED_ANSWER', message: 'The service answered 200.' },
    });
  });
});

it("the service's texts are stored shortened and well-formed", () => {
  const error = { code: 'C'.repeat(1_000), message: `\ud800${'m'.repeat(1_000)}` };
  const answer = read(422, { status: 'failed', error });
  expect(answer).toMatchObject({ type: 'failed', refusal: { code: 'C'.repeat(60) } });
  const message = 'refusal' in answer ? answer.refusal.message : '';
  expect([message.length, message.isWellFormed()]).toEqual([300, true]);
});
