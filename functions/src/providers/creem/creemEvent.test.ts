import { createHmac } from 'node:crypto';
import { isSigned, parseEvent } from './creemEvent.ts';

const OWN_ID = `sub_${'c'.repeat(32)}`;
const nothing = { checkoutId: null, reversedTransactionId: null, providerSubscriptionId: null, subscriptionId: null };
const metadata = { subscriptionId: OWN_ID };
const parse = (eventType: unknown, object: unknown, id: unknown = 'evt_1') =>
  parseEvent(JSON.stringify({ id, eventType, created_at: 1_728_734_325_927, object }));

it.each([
  ['checkout.completed', { id: 'ch_1', request_id: 'x' }, { checkoutId: 'ch_1' }],
  ['subscription.paid', { id: 'sub_1', metadata }, { providerSubscriptionId: 'sub_1', subscriptionId: OWN_ID }],
  ['subscription.a_new_one', { id: 'sub_1' }, { providerSubscriptionId: 'sub_1' }],
  [
    'refund.created',
    { id: 'ref_1', transaction: { id: 'tran_1' }, checkout: { id: 'ch_1' }, subscription: { id: 'sub_1', metadata } },
    {
      reversedTransactionId: 'tran_1',
      checkoutId: 'ch_1',
      providerSubscriptionId: 'sub_1',
      subscriptionId: OWN_ID,
    },
  ],
  [
    'dispute.created',
    { id: 'disp_1', transaction: 'tran_1', checkout: 'ch_1' },
    { reversedTransactionId: 'tran_1', checkoutId: 'ch_1' },
  ],
  ['customer_credits.exhausted', { id: 'x' }, {}],
  ['checkout.completed', { id: '../../etc' }, {}],
  ['checkout.completed', { id: 'ch_1&x=1' }, {}],
  ['checkout.completed', {}, {}],
  ['subscription.paid', { id: 7 }, {}],
  ['refund.created', { transaction: null }, {}],
])('an event %s with the object %j has the subject %j', (type, object, subject) => {
  expect(parse(type, object)).toEqual({ id: 'evt_1', type, subject: { ...nothing, ...subject } });
});

it.each([
  ['no JSON', 'nonsense'],
  ['a list', '[]'],
  ['nothing', 'null'],
  ['an event without an object', JSON.stringify({ id: 'evt_1', eventType: 'x' })],
  ['an event without a type', JSON.stringify({ id: 'evt_1', object: {} })],
  ['an event whose id is a path', JSON.stringify({ id: 'a/b', eventType: 'x', object: {} })],
])('%s is no event', (_name, text) => expect(parseEvent(text)).toBeNull());

describe('a signature', () => {
  const body = Buffer.from('{"id":"evt_1"}');
  const sign = (secret: string) => createHmac('sha256', secret).update(body).digest('hex');

  it('is valid with any of the secrets, in either case, and with the name of its algorithm', () => {
    expect(isSigned(body, `sha256=${sign('new')}`, ['new'])).toBe(true);
    for (const secret of ['new', 'old']) expect(isSigned(body, sign(secret), ['new', 'old'])).toBe(true);
    expect(isSigned(body, sign('new').toUpperCase(), ['new'])).toBe(true);
  });

  it.each([
    ['with another secret', sign('other')],
    ['that is cut', sign('new').slice(1)],
    ['that is longer', `${sign('new')}00`],
    ['that is no hexadecimal number', 'z'.repeat(64)],
    ['that is empty', ''],
  ])('%s is not valid', (_name, signature) => expect(isSigned(body, signature, ['new', 'old'])).toBe(false));

  it('is valid for the very same bytes only', () => {
    expect(isSigned(Buffer.from('{"id": "evt_1"}'), sign('new'), ['new'])).toBe(false);
    expect(isSigned(body, sign('new'), [])).toBe(false);
  });
});
