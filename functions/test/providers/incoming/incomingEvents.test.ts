import { readLedger } from '../../support/ledger.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  eventOf,
  onCheckoutPage,
  order,
  orderOf,
  resetLocalStripe,
  type StartedOrder,
} from '../../support/stripeControl.ts';

let admin: Person;
let person: Person;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalStripe);

const replay = (eventId: string) => admin.send('POST', `/admin/webhook-events/${eventId}/replay`);

/** Creates an order whose customer has paid, but whose event the backend hasn't received. */
async function paidButUnheard(): Promise<{ started: StartedOrder; eventId: string }> {
  (await control('/_local/webhooks', { drop: true })).expect(200);
  const started = await order(person);
  await onCheckoutPage(started.url, 'pay');
  await allWebhooksDelivered();
  return { started, eventId: (await eventOf('checkout.session.completed', started.sessionId)).id };
}

it('replaying a lost event takes effect once, and both lists show the event', async () => {
  const { started, eventId } = await paidButUnheard();
  const { data } = (await replay(eventId)).expect(200);
  expect(data).toEqual({
    id: eventId,
    type: 'checkout.session.completed',
    duplicate: false,
    orderId: started.orderId,
  });
  expect((await orderOf(person, started.orderId)).status).toBe('paid');
  const again = await Promise.all(Array.from({ length: 4 }, () => replay(eventId)));
  for (const reply of again) expect(reply.expect(200).data.duplicate).toBe(true);
  expect(await readLedger(person.accountId)).toHaveLength(1);
  const { data: events } = (await admin.send('GET', '/admin/webhook-events')).expect(200);
  expect(events).toContainEqual(
    expect.objectContaining({ id: eventId, outcome: 'handled', orderId: started.orderId, provider: 'stripe' }),
  );
  const { data: records } = (await admin.send('GET', '/admin/audit-log?limit=100')).expect(200);
  const own = records.filter(({ targetId }: { targetId: string }) => targetId === eventId);
  expect(own).toHaveLength(5);
  expect(own[0]).toMatchObject({ action: 'webhookEvent.replay', actorId: admin.accountId });
});

it('an event that cannot be handled is not marked, and can be replayed again', async () => {
  const { started, eventId } = await paidButUnheard();
  const path = `/v1/checkout/sessions/${started.sessionId}`;
  (await control('/_local/faults', { method: 'GET', path, status: 500, times: 3 })).expect(200);
  (await replay(eventId)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
  expect(await readLedger(person.accountId)).toEqual([]);
  expect((await replay(eventId)).expect(200).data.duplicate).toBe(false);
  expect(await readLedger(person.accountId)).toHaveLength(1);
});

it('an event that Stripe does not have is a 404 and leaves nothing in the audit log', async () => {
  (await replay('evt_unknown')).expectError(404, 'EVENT_NOT_FOUND');
  const { data } = (await admin.send('GET', '/admin/audit-log?limit=100')).expect(200);
  expect(data.some(({ targetId }: { targetId: string }) => targetId === 'evt_unknown')).toBe(false);
});
