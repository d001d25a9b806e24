import fc from 'fast-check';
import { Clock } from '../clock.ts';
import { LocalAccount } from '../localAccount.ts';
import { routes } from '../resources/index.ts';
import { handleApiRequest } from './handleApiRequest.ts';
import { IdempotencyKeys } from './idempotencyKeys.ts';
import { OperationCounts } from './operationCounts.ts';
import type { Reply } from './reply.ts';

/** Parameters of calls that work, so that the test mixes odd parameters with valid parameters. */
const GOOD_FORMS: Readonly<Record<string, string>> = {
  'POST /v1/checkout/sessions':
    'mode=payment&success_url=https://shop.example/&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd' +
    '&line_items[0][price_data][unit_amount]=1000&line_items[0][price_data][product_data][name]=Pack',
  'POST /v1/payment_intents':
    'amount=1000&currency=usd&payment_method=pm_card_visa&confirm=true&off_session=true&expand[]=latest_charge',
  'POST /v1/payment_intents/{id}/confirm': 'payment_method=pm_card_visa&off_session=true',
};

const VALUE = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.constantFrom('', 'true', 'eur', '1000', '-1', '0', '1e3', '99999999999999999999', '1.5', '\u0000'),
  fc.constantFrom('pm_card_chargeDeclined', 'pm_card_createDispute', 'off_session', 'https://a/', 'a@b', 'charge.*'),
);
const SUFFIX = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('[]', '[0]', '[a]', '[gte]', '[__proto__]', '[constructor]', '[0][a]') },
);

/** A call of a route with a few odd parameters; `pick` chooses one of the ids from earlier answers. */
const CALL = fc.constantFrom(...routes).chain((route) => {
  const field = fc.tuple(fc.constantFrom('metadata', 'expand[0]', ...route.accepts), SUFFIX, VALUE, fc.nat());
  return fc.record({ route: fc.constant(route), fields: fc.array(field, { maxLength: 3 }), pick: fc.nat() });
});

/** Returns the name of a parameter in the notation of forms: `a[b]` for `a.b`. */
function bracketed(name: string): string {
  const [first = '', ...rest] = name.replace('line_items.', 'line_items.0.').split('.');
  return first + rest.map((part) => `[${part}]`).join('');
}

function createCaller(): (method: string, path: string, form: string) => Reply {
  const context = {
    account: new LocalAccount(new Clock()),
    idempotencyKeys: new IdempotencyKeys(),
    operationCounts: new OperationCounts(),
    secretKey: 'sk',
    publicUrl: 'http://127.0.0.1',
    onViolation: (violation: Error) => {
      throw violation;
    },
  };
  return (method, path, form) => {
    const headers = { authorization: 'Bearer sk', 'content-type': 'application/x-www-form-urlencoded' };
    const [query, body] = method === 'POST' ? ['', form] : [form, ''];
    return handleApiRequest({ method, path, query, headers, body }, context);
  };
}

it('every input gets an answer, and never a 500', () => {
  const call = createCaller();
  const ids = new Set(['pm_card_visa']);
  const anyId = (pick: number): string => [...ids][pick % ids.size] ?? '';
  const statuses = new Set<number>();
  fc.assert(
    fc.property(CALL, ({ route, fields, pick }) => {
      const form = new URLSearchParams(GOOD_FORMS[`${route.method} ${route.path}`] ?? '');
      for (const [name, suffix, value, idPick] of fields) {
        form.set(bracketed(name) + suffix, idPick % 2 === 0 ? value : anyId(idPick));
      }
      const reply = call(route.method, route.path.replace('{id}', anyId(pick)), form.toString());
      for (const [id] of JSON.stringify(reply.body).matchAll(/\b[a-z]+(_test)?_\w{14,}/g)) ids.add(id);
      statuses.add(reply.status);
      expect(reply.status).toBeLessThan(500);
    }),
    { numRuns: 2000 },
  );
  expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400, 404]));
});
