import { saveCard } from '../../support/cards.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { type Key, type Person, personWithCredits } from '../../support/people.ts';
import { resetLocalStripe } from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';
import { WebhookReceiver } from '../../support/webhookReceiver.ts';

let person: Person;
let key: Key;
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
});

const put = async (body: object) => (await person.send('PUT', '/billing/alerts', { body })).expect(200).data;
const spend = async (quantity: number) => (await key.charge({ operation: 'presetShare', quantity })).expect(201);
const sweep = () => runScheduled('alertAccounts');
/** The account's events, in order of time. */
async function told(): Promise<{ id: string; type: string; data: Record<string, unknown> }[]> {
  const all = await database().collection('accountEvents').get();
  return all.docs
    .map(
      (document) =>
        document.data() as {
          id: string;
          accountId: string;
          type: string;
          createdAt: string;
          data: Record<string, unknown>;
        },
    )
    .filter(({ accountId }) => accountId === person.accountId)
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

it('a charge that falls below a threshold leads to a webhook and a mail, without a sweep', async () => {
  const receiver = new WebhookReceiver();
  await receiver.start();
  try {
    const webhook = { body: { url: receiver.url, events: ['credits.low'] } };
    const { secret } = (await person.send('POST', '/account/webhooks', webhook)).expect(201).data;
    await put({ lowBalanceThresholds: [50] });
    await spend(6);
    // The trigger sends both; this test runs no sweep.
    await receiver.until(1);
    const event = receiver.verify(secret);
    expect(event).toMatchObject({ type: 'credits.low', data: { availableCredits: 40, thresholdCredits: 50 } });
    const mail = (await database().doc(`mail/${event.id}`).get()).data();
    expect(mail).toEqual({
      shape: 1,
      accountId: person.accountId,
      deleteAt: expect.anything(),
      to: [expect.stringContaining('@example.com')],
      message: {
        subject: 'Low balance: 40 credits left',
        text: expect.stringContaining("below your alert's threshold of 50 credits"),
        html: expect.stringMatching(/^<p>.*<\/p>$/),
      },
    });
  } finally {
    await receiver.stop();
  }
});

it('each fall below a level raises one alert, at once, and again after the balance was above', async () => {
  await put({ lowBalanceThresholds: [20, 60], depleted: true });
  // The test runs no sweep and doesn't wait: the event exists when the charge is answered.
  await spend(5);
  await spend(5);
  const first = (await told()).map(({ type, data }) => [type, data.thresholdCredits]);
  expect(first.sort()).toEqual([
    ['credits.depleted', undefined],
    ['credits.low', 20],
    ['credits.low', 60],
  ]);
  await person.grant(30);
  await spend(3);
  const second = (await told()).slice(3).map(({ type, data }) => [type, data.thresholdCredits]);
  expect(second.sort()).toEqual([
    ['credits.depleted', undefined],
    ['credits.low', 20],
  ]);
});

it('credits that are about to expire raise one alert', async () => {
  const soon = new Date(Date.now() + 2 * 86_400_000).toISOString();
  await person.grant(30, soon);
  await person.grant(70, new Date(Date.now() + 20 * 86_400_000).toISOString());
  await put({ expiringWithinDays: 7 });
  await sweep();
  await sweep();
  expect(await told()).toMatchObject([{ type: 'credits.expiring', data: { expiringCredits: 30, expiresAt: soon } }]);
});

it('an account without a rule gets no alerts, and nothing is stored', async () => {
  await spend(10);
  await sweep();
  expect(await told()).toEqual([]);
  expect((await database().doc(`alerts/${person.accountId}`).get()).exists).toBe(false);
});

it('a failed automatic top-up is reported once, by event and mail', async () => {
  try {
    await saveCard(person, 'pm_card_chargeCustomerFail');
    const rule = { enabled: true, thresholdCredits: 100, pack: 'starter', monthlyCap: 20 };
    (await person.send('PUT', '/billing/auto-topup', { body: rule })).expect(200);
    await spend(1);
    await runScheduled('sweepTopUps');
    await runScheduled('sweepTopUps');
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ type: 'auto_topup.failed', data: { code: 'generic_decline' } });
    const mail = () => database().doc(`mail/${event?.id}`).get();
    while (!(await mail()).exists);
    expect((await mail()).data()).toMatchObject({ message: { subject: 'Automatic top-up has failed' } });
  } finally {
    await resetLocalStripe();
  }
});

it('the rule is stored as it was sent, and has defaults', async () => {
  const defaults = {
    lowBalanceThresholds: [],
    depleted: false,
    expiringWithinDays: null,
    autoTopUpFailed: true,
    email: true,
  };
  expect((await person.send('GET', '/billing/alerts')).expect(200).data).toEqual(defaults);
  const rule = { ...defaults, lowBalanceThresholds: [5, 50, 5], email: false };
  expect(await put(rule)).toEqual({ ...rule, lowBalanceThresholds: [50, 5] });
  expect((await person.send('GET', '/billing/alerts')).expect(200).data.email).toBe(false);
});

it.each([
  [{ lowBalanceThresholds: [0] }, 'lowBalanceThresholds.0'],
  [{ lowBalanceThresholds: [1.5] }, 'lowBalanceThresholds.0'],
  [{ lowBalanceThresholds: Array.from({ length: 11 }, (_, index) => index + 1) }, 'lowBalanceThresholds'],
  [{ expiringWithinDays: 91 }, 'expiringWithinDays'],
  [{ depleted: 'yes' }, 'depleted'],
  [{ to: 'somebody@example.com' }, 'to'],
])('%j is refused and names %s', async (body, field) => {
  (await person.send('PUT', '/billing/alerts', { body })).expectError(400, 'INVALID_REQUEST', field);
});
