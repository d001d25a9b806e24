import { newCoupon } from '../../support/coupons.ts';
import { auditWallet } from '../../support/ledger.ts';
import { newAdmin, type Person } from '../../support/people.ts';
import { allWebhooksDelivered, onCheckoutPage, stripe } from '../../support/stripeControl.ts';
import { DAY_SECONDS, Subscriber } from '../../support/subscriptions.ts';
import { database } from '../../support/suite.ts';

let admin: Person;
let subscriber: Subscriber;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  subscriber = await Subscriber.create();
});

const coupon = (fields: object) => newCoupon(admin, fields);
const checkout = (couponCode: string, planSlug = 'team') =>
  subscriber.person.send('POST', '/billing/checkout', { body: { planSlug, couponCode } });
const ordersOf = async () => (await subscriber.person.send('GET', '/billing/orders')).expect(200).data;
const redemptionsOf = async (code: string) => (await database().doc(`coupons/${code}`).get()).get('redemptions');

it('reduces the price of the first period but not its credits; renewals cost the full price', async () => {
  const code = await coupon({ percentOff: 50, plans: ['team'] });
  const { url, orderId } = (await checkout(code)).expect(201).data;
  expect(await ordersOf()).toMatchObject([{ id: orderId, status: 'pending', total: { unitAmountMinor: 4_950 } }]);
  await onCheckoutPage(url, 'pay');
  await allWebhooksDelivered();
  expect(await ordersOf()).toMatchObject([
    { status: 'paid', price: { unitAmountMinor: 9_900 }, total: { unitAmountMinor: 4_950 }, couponCode: code },
  ]);
  const [subscription] = (await subscriber.status()).subscriptions;
  expect(subscription).toMatchObject({ status: 'active', availableCredits: 2_500 });
  expect(await redemptionsOf(code)).toBe(1);
  await subscriber.advance(32 * DAY_SECONDS);
  expect((await ordersOf())[0]).toMatchObject({ method: 'automatic', total: { unitAmountMinor: 9_900 } });
  await auditWallet(subscriber.person.accountId, subscription.id);
});

it('may make the first period free', async () => {
  const code = await coupon({ percentOff: 100 });
  const { url } = (await checkout(code, 'pro')).expect(201).data;
  await onCheckoutPage(url, 'pay');
  await allWebhooksDelivered();
  expect(await ordersOf()).toMatchObject([{ status: 'paid', total: { unitAmountMinor: 0 }, credits: 1_000 }]);
  expect((await subscriber.status()).subscriptions).toMatchObject([{ status: 'active', availableCredits: 1_000 }]);
});

it('holds a use of the coupon for the order, and gives it back when the order expires unpaid', async () => {
  const code = await coupon({ percentOff: 20 });
  const { sessionId } = (await checkout(code)).expect(201).data;
  expect((await checkout(code)).expect(201).data.sessionId).toBe(sessionId);
  expect(await redemptionsOf(code)).toBe(1);
  await stripe.checkout.sessions.expire(sessionId);
  await allWebhooksDelivered();
  expect(await redemptionsOf(code)).toBe(0);
  (await checkout(code)).expect(201);
});

it('refuses a coupon for another plan', async () => {
  const code = await coupon({ percentOff: 20, plans: ['pro'] });
  (await checkout(code)).expectError(409, 'COUPON_NOT_APPLICABLE');
});
