import { getAuth } from 'firebase-admin/auth';
import {
  creemControl,
  creemDelivered,
  creemOrderPaid,
  onCreemPage,
  resetLocalCreem,
} from '../../support/creemControl.ts';
import { newPerson, newPersonUnverified, type Person } from '../../support/people.ts';
import { orderOf } from '../../support/stripeControl.ts';
import { database, firebase } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalCreem);

const account = () => database().doc(`accounts/${person.accountId}`);
const customerOf = async () => (await account().get()).get('customerIds.creem');
const checkout = (body: Record<string, unknown>) =>
  person.send('POST', '/billing/checkout', { body: { provider: 'creem', ...body } });

it.each([{ pack: 'starter' }, { planSlug: 'team' }])(
  'a customer that Creem no longer has is forgotten, and the next payer takes its place: %j',
  async (product) => {
    // With a verified address, the backend would send the address to Creem instead of the customer.
    person = await newPersonUnverified();
    await person.credits();
    await account().update({ customerIds: { creem: 'cust_gone', stripe: 'cus_kept' } });
    const { url, orderId } = (await checkout(product)).expect(201).data;
    expect((await account().get()).get('customerIds')).toEqual({ stripe: 'cus_kept' });
    (await onCreemPage(url, 'pay', { email: `${person.accountId}@payer.example` })).expect(303);
    await creemDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid' });
    expect(await customerOf()).toMatch(/^cust_/);
    expect(await customerOf()).not.toBe('cust_gone');
  },
);

it('the portal of a customer that Creem no longer has is refused as missing', async () => {
  await creemOrderPaid(person);
  await getAuth(firebase()).updateUser(person.accountId, { emailVerified: true });
  await account().update({ 'customerIds.creem': 'cust_gone' });
  (await person.send('POST', '/billing/portal', { body: { provider: 'creem' } })).expectError(
    409,
    'CREEM_CUSTOMER_MISSING',
  );
  expect(await customerOf()).toBeUndefined();
});

it('an order whose product Creem no longer has is not left pending', async () => {
  const fault = { method: 'GET', path: '/v1/products', status: 404, times: 1 };
  (await creemControl('faults', fault)).expect(200);
  (await checkout({ planSlug: 'team' })).expectError(409, 'CREEM_PRODUCT_MISMATCH');
  const orders = (await person.send('GET', '/billing/orders')).expect(200).data;
  expect(orders).toMatchObject([{ status: 'failed' }]);
});
