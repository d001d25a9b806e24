import { findOperation } from './findOperation.ts';
import { loadContract } from './loadContract.ts';
import { parseForm } from './parseForm.ts';
import { validateEvent, validateRequest, validateResponse } from './validate.ts';

const SESSIONS = '/v1/checkout/sessions';

function checkForm(method: string, path: string, form: string) {
  return validateRequest(method, path, parseForm(form));
}

describe('the derived contract', () => {
  it.each([
    ['POST', '/v1/customers', 'CustomerResource.create'],
    ['POST', '/v1/customers/cus_1', 'CustomerResource.update'],
    ['POST', SESSIONS, 'SessionResource.create'],
    ['GET', `${SESSIONS}/cs_1/line_items`, 'SessionResource.listLineItems'],
    ['POST', `${SESSIONS}/cs_1/expire`, 'SessionResource.expire'],
    ['POST', '/v1/refunds', 'RefundResource.create'],
    ['GET', '/v1/events', 'EventResource.list'],
    ['GET', '/v1/charges/search', 'ChargeResource.search'],
    ['GET', '/v1/charges/ch_1', 'ChargeResource.retrieve'],
    ['POST', '/v1/test_helpers/test_clocks/clock_1/advance', 'TestClockResource.advance'],
  ])('has %s %s', (method, path, operationId) => {
    expect(findOperation(method, path)?.operation.operationId).toBe(operationId);
  });

  it('has the events of payments', () => {
    expect(Object.keys(loadContract()['x-events'])).toEqual(
      expect.arrayContaining([
        'checkout.session.completed',
        'checkout.session.async_payment_failed',
        'payment_intent.succeeded',
        'charge.refunded',
        'charge.dispute.funds_withdrawn',
        'invoice.paid',
        'test_helpers.test_clock.ready',
      ]),
    );
  });

  it('has every component that it refers to', () => {
    const contract = loadContract();
    const references = JSON.stringify(contract).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    const missing = [...references].map(([, name]) => name).filter((name) => !contract.components.schemas[name ?? '']);
    expect(missing).toEqual([]);
  });
});

describe('requests', () => {
  const validSession = [
    'mode=payment',
    'line_items[0][quantity]=1',
    'line_items[0][price_data][currency]=usd',
    'line_items[0][price_data][unit_amount]=1000',
    'line_items[0][price_data][product_data][name]=Starter',
    'success_url=https%3A%2F%2Fexample.com%2Fok',
    'metadata[orderId]=order_1',
    'adaptive_pricing[enabled]=false',
    'expand[0]=payment_intent',
  ].join('&');

  it.each([
    ['a Checkout session', 'POST', SESSIONS, validSession],
    ['a customer whose address is cleared', 'POST', '/v1/customers/cus_1', 'address=&metadata[a]='],
    ['a list by time', 'GET', '/v1/events', 'created[gte]=1700000000&limit=3&types[0]=charge.refunded'],
    ['a list at one time', 'GET', '/v1/events', 'created=1700000000'],
    ['an off-session payment', 'POST', '/v1/payment_intents', 'amount=1000&currency=usd&confirm=true&off_session=true'],
    [
      'a recurring off-session payment',
      'POST',
      '/v1/payment_intents',
      'amount=1000&currency=usd&off_session=recurring',
    ],
    ['an answer without parameters', 'GET', '/v1/refunds/re_1', ''],
    ['a fractional percentage', 'POST', '/v1/coupons', 'percent_off=12.5&duration=once'],
  ])('accepts %s', (_name, method, path, form) => {
    expect(checkForm(method, path, form)).toEqual([]);
  });

  it.each([
    [
      'a parameter of an older API version',
      SESSIONS,
      `${validSession}&payment_method_types[0]=card`,
      'unknownParameter',
      'payment_method_types',
    ],
    [
      'an unknown parameter deep inside',
      SESSIONS,
      `${validSession}&line_items[0][price_data][price]=1`,
      'unknownParameter',
      'line_items[0][price_data][price]',
    ],
    ['a typo in an enum', SESSIONS, validSession.replace('mode=payment', 'mode=paymnet'), 'invalidValue', 'mode'],
    ['a missing parameter', '/v1/payment_intents', 'currency=usd', 'missingParameter', 'amount'],
    [
      'a missing parameter deep inside',
      SESSIONS,
      validSession.replace('line_items[0][price_data][currency]=usd&', ''),
      'missingParameter',
      'line_items[0][price_data][currency]',
    ],
    ['a word for a number', '/v1/refunds', 'charge=ch_1&amount=ten', 'invalidValue', 'amount'],
    ['a fraction of a cent', '/v1/refunds', 'charge=ch_1&amount=10.5', 'invalidValue', 'amount'],
    ['a scalar for an array', '/v1/refunds', 'charge=ch_1&expand=charge', 'invalidValue', 'expand'],
    [
      'a typo in an enum of a union',
      '/v1/payment_intents',
      'amount=1&currency=usd&off_session=sometimes',
      'invalidValue',
      'off_session',
    ],
  ])('names %s', (_name, path, form, kind, parameter) => {
    expect(checkForm('POST', path, form)).toEqual([expect.objectContaining({ kind, path: parameter })]);
  });

  it('reports an operation that does not exist', () => {
    expect(checkForm('PUT', '/v1/customers/cus_1', '')).toEqual([
      { kind: 'unknownOperation', path: '', message: 'Unrecognized request URL (PUT: /v1/customers/cus_1).' },
    ]);
  });

  it('does not change the given parameters', () => {
    const params = parseForm('charge=ch_1&amount=10');
    validateRequest('POST', '/v1/refunds', params);
    expect(params.amount).toBe('10');
  });
});

describe('responses and events', () => {
  const refund = {
    id: 're_1',
    object: 'refund',
    amount: 100,
    balance_transaction: null,
    charge: 'ch_1',
    created: 1_700_000_000,
    currency: 'usd',
    customer: null,
    customer_account: null,
    metadata: {},
    payment_intent: 'pi_1',
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  const event = {
    id: 'evt_1',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: 1_700_000_000,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'refund.created',
    data: { object: refund },
  };

  it('accepts a complete object by itself, in a list and in an event', () => {
    expect(validateResponse('GET', '/v1/refunds/re_1', refund)).toEqual([]);
    const list = { object: 'list', data: [refund], has_more: false, url: '/v1/refunds' };
    expect(validateResponse('GET', '/v1/refunds', list)).toEqual([]);
    expect(validateEvent(event)).toEqual([]);
    expect(validateResponse('GET', '/v1/events/evt_1', event)).toEqual([]);
    expect(validateResponse('GET', '/v1/events', { ...list, data: [event] })).toEqual([]);
  });

  it('checks the object in an expanded field', () => {
    const errors = validateResponse('GET', '/v1/refunds/re_1', { ...refund, payment_intent: { id: 'pi_1' } });
    expect(errors).toContainEqual(expect.objectContaining({ path: 'payment_intent[amount]' }));
  });

  it('names the field that is missing or has the wrong type', () => {
    const { charge: _, ...withoutCharge } = refund;
    expect(validateResponse('GET', '/v1/refunds/re_1', withoutCharge)).toEqual([
      { kind: 'missingParameter', path: 'charge', message: 'Missing required param: charge.' },
    ]);
    expect(validateEvent({ ...event, data: { object: { ...refund, amount: '100' } } })).toEqual([
      { kind: 'invalidValue', path: 'data[object][amount]', message: 'Invalid number: data[object][amount]' },
    ]);
  });

  it('refuses an event type that Stripe does not have', () => {
    expect(validateEvent({ ...event, type: 'refund.made' })).toEqual([
      { kind: 'invalidValue', path: 'type', message: 'Unknown event type: refund.made' },
    ]);
    expect(validateResponse('GET', '/v1/events/evt_1', { ...event, type: 'refund.made' })).not.toEqual([]);
  });
});
