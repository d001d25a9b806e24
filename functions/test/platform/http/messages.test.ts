import { MAX_QUANTITY } from '../../../src/catalog/pricing/price.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import { otherVoiceIn } from '../../support/voice.ts';

let person: Person;
let admin: Person;
beforeAll(async () => {
  [person, admin] = await Promise.all([newPerson(), newAdmin()]);
});

const charge = { operation: 'follow' };
const plan = {
  slug: 'odd',
  name: 'Odd',
  description: '',
  credits: 1,
  billing: { type: 'renewing', monthlyUnitAmountsMinor: { usd: 1 }, yearlyUnitAmountsMinor: { usd: 1 } },
  features: [],
};
const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 'x']));

describe('a message says what the field must be:', () => {
  it.each<[string, string, unknown, string]>([
    ['POST', '/billing/charges', null, 'body: must be an object'],
    ['POST', '/billing/charges', { operation: 5 }, 'operation: must be a string'],
    ['POST', '/billing/charges', {}, 'operation: is required'],
    ['POST', '/billing/charges', { ...charge, quantity: 1.5 }, 'quantity: must be a whole number'],
    ['POST', '/billing/charges', { ...charge, quantity: 0 }, `quantity: must be 1 to ${MAX_QUANTITY}`],
    ['POST', '/billing/charges', { ...charge, quantity: 1e300 }, `quantity: must be 1 to ${MAX_QUANTITY}`],
    ['POST', '/billing/charges', { ...charge, capture: 'no' }, 'capture: must be true or false'],
    ['POST', '/billing/charges', { ...charge, description: '' }, 'description: must be 1 to 200 characters'],
    ['POST', '/billing/charges', { ...charge, surprise: 1 }, 'surprise: is not known here'],
    ['POST', '/billing/charges', { ...charge, holdSeconds: 9 }, 'holdSeconds: only goes with capture: false'],
    ['POST', '/billing/charges', { ...charge, metadata: names(21) }, 'metadata: must have at most 20 fields'],
    [
      'POST',
      '/billing/charges',
      { ...charge, metadata: { 'a b': 'x' } },
      'metadata.a b: its name must be 1 to 40 letters, digits, dots, underscores and dashes, a letter first',
    ],
    ['POST', '/billing/charges/batch', { charges: [] }, 'charges: must have 1 to 100 items'],
    ['POST', '/account/keys', { kind: 'root' }, 'kind: must be one of live, test, management'],
    ['POST', '/account/keys', { expiresAt: 'soon' }, 'expiresAt: must be a time such as 2026-03-14T13:00:00Z'],
    ['POST', '/account/keys', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt: must be in the future'],
    ['POST', '/account/keys', { allowedIps: ['x'] }, 'allowedIps.0: must be an IP address or a CIDR range'],
    ['POST', '/account/webhooks', { url: 'http://example.com' }, 'url: must begin with https://'],
    ['POST', '/billing/topup', { amount: 1.234, method: 'stripe' }, 'amount: must have at most two decimals'],
    ['POST', '/billing/checkout', {}, 'pack: is required unless planSlug is given'],
    ['GET', '/billing/transactions?limit=ten', undefined, 'limit: must be a whole number'],
    ['GET', '/billing/transactions?limit=0', undefined, 'limit: must be 1 to 100'],
    ['GET', '/billing/transactions?surprise=1', undefined, 'surprise: is not known here'],
    ['GET', '/billing/statement?month=soon', undefined, 'month: must be a month such as 2026-03'],
    ['POST', '/billing/charges/a.b/release', undefined, 'id: must be an id'],
  ])('%s %s %j', async (method, path, body, message) => {
    const options = body === undefined ? {} : { rawBody: JSON.stringify(body) };
    const reply = (await person.send(method, path, options)).expectError(400, 'INVALID_REQUEST');
    expect(reply.json.error.message).toBe(message);
  });

  it.each<[string, string, unknown, string]>([
    ['POST', '/admin/plans', { ...plan, billing: {} }, 'billing.type: is required'],
    ['POST', '/admin/plans', { ...plan, billing: { type: 'x' } }, 'billing.type: must be one of fixed_term, renewing'],
    [
      'PUT',
      '/admin/pricing',
      { operations: { 'a b': 1 } },
      'operations.a b: its name must be 1 to 40 letters and digits, beginning with a lower-case letter',
    ],
    [
      'POST',
      '/admin/packs',
      { key: 'odd', name: 'Odd', credits: 1, unitAmountsMinor: { xyz: 1 } },
      'unitAmountsMinor.xyz: is not known here',
    ],
  ])('%s %s %j', async (method, path, body, message) => {
    const reply = (await admin.send(method, path, { body })).expectError(400, 'INVALID_REQUEST');
    expect(reply.json.error.message).toBe(message);
  });

  it('an Idempotency-Key', async () => {
    const reply = await person.send('POST', '/billing/charges', { body: charge, idempotencyKey: 'x'.repeat(256) });
    expect(reply.expectError(400, 'INVALID_REQUEST').json.error.message).toBe(
      'Idempotency-Key: must be 1 to 255 printable ASCII characters',
    );
  });
});

/** All tests check every answer in this way. */
describe('a message in another form is detected', () => {
  const answer = (message: string) => ({ success: false, error: { message, details: { fields: [{ message }] } } });

  it.each([
    'has to be given',
    'Invalid input: expected string',
    'Too small: expected number',
    'goes with capture: false',
  ])('in "%s"', (message) => expect(otherVoiceIn(JSON.stringify(answer(message)))).toBe(message));

  it('even if no field is named', () => {
    const error = { message: 'Authorization has to be Bearer and one token.' };
    expect(otherVoiceIn(JSON.stringify({ success: false, error }))).toBe(error.message);
  });

  it.each(['{"success":true,"data":{}}', 'no JSON', JSON.stringify(answer('must be 1 to 100'))])('not in %s', (text) =>
    expect(otherVoiceIn(text)).toBeNull(),
  );
});
