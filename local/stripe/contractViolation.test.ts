import { handleApiRequest } from './api/handleApiRequest.ts';
import { IdempotencyKeys } from './api/idempotencyKeys.ts';
import { OperationCounts } from './api/operationCounts.ts';
import { Clock } from './clock.ts';
import { ContractViolation } from './contractViolation.ts';
import { LocalAccount } from './localAccount.ts';

describe('a bug of the stand-in', () => {
  it('throws instead of sending an incomplete event', () => {
    const account = new LocalAccount(new Clock());
    expect(() => account.emit('customer.created', { id: 'cus_1', object: 'customer' })).toThrow(ContractViolation);
    expect(account.events.newestFirst()).toEqual([]);
  });

  it('throws instead of sending an event that Stripe does not have', () => {
    const account = new LocalAccount(new Clock());
    expect(() => account.emit('customer.painted' as never, {})).toThrow('Unknown event type: customer.painted');
  });

  it('makes the answer a 500 instead of an incomplete object, and is reported', () => {
    const account = new LocalAccount(new Clock());
    account.customers.add({ id: 'cus_1', object: 'customer', created: 1 } as never);
    const violations: ContractViolation[] = [];
    const reply = handleApiRequest(
      { method: 'GET', path: '/v1/customers/cus_1', query: '', headers: { authorization: 'Bearer sk' }, body: '' },
      {
        account,
        idempotencyKeys: new IdempotencyKeys(),
        operationCounts: new OperationCounts(),
        secretKey: 'sk',
        publicUrl: '',
        onViolation: (violation) => violations.push(violation),
      },
    );
    expect(reply).toMatchObject({ status: 500, body: { error: { type: 'api_error' } } });
    expect(violations[0]?.message).toContain('Missing required param: livemode');
  });
});
