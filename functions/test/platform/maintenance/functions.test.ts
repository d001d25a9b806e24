import { addSeconds, randomId, runUnitOfWork } from '@cloud-bridge/base';
import { type DocumentReference, getFirestore } from 'firebase-admin/firestore';
import { withRule } from '../../../src/notices/alerts/alerts.ts';
import { newEvent } from '../../../src/notices/events/accountEvent.ts';
import { newDelivery } from '../../../src/notices/webhooks/delivery.ts';
import { sweepDeliveries } from '../../../src/notices/webhooks/sweepDeliveries.ts';
import { isGuarded } from '../../../src/platform/maintenance/guardFunctions.ts';
import { MaintenanceStore } from '../../../src/platform/maintenance/maintenance.store.ts';
import { switchedOn } from '../../../src/sales/autoTopUps/autoTopUp.ts';
import { Spender } from '../../support/auditedWallets.ts';
import { clearDatabase } from '../../support/clearDatabase.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { database, firebase, PROJECT } from '../../support/suite.ts';

/** A deployed function, with its handler and its trigger. */
interface Deployed {
  run(event: unknown): Promise<unknown>;
  readonly __endpoint: {
    readonly httpsTrigger?: object;
    readonly scheduleTrigger?: object;
    readonly eventTrigger?: { readonly retry: boolean };
    readonly taskQueueTrigger?: object;
  };
}

const MAINTENANCE = { code: 'MAINTENANCE' };
const now = new Date().toISOString();
const past = new Date(Date.now() - 600_000).toISOString();

let functions: Record<string, Deployed>;
let scheduled: [name: string, deployed: Deployed][];
/** Milliseconds added to the age of the state that the process has read from the switch. */
let agedMs = 0;
let spender: Spender;

async function turn(to: 'on' | 'off'): Promise<void> {
  await new MaintenanceStore(getFirestore(firebase(), 'maintenance')).turn(to);
  agedMs += 10_000;
}

beforeAll(async () => {
  process.env.MAINTENANCE_DATABASE = 'maintenance';
  const performanceNow = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => performanceNow() + agedMs);
  await clearDatabase(PROJECT);
  database();
  suiteDeps();
  functions = { ...(require('../../../src/index.ts') as Record<string, Deployed>) };
  scheduled = Object.entries(functions).filter(([, { __endpoint }]) => __endpoint.scheduleTrigger);
  await turn('off');
  spender = new Spender();
  await spender.grant(100);
  const { accounts, wallets } = suiteDeps();
  await accounts.ensure({ id: spender.accountId, email: null }, now);
  const lapsing = {
    amountCredits: 5,
    source: 'grant',
    expiresAt: addSeconds(now, 24 * 60 * 60),
    description: 'Lapses',
  } as const;
  const command = {
    type: 'grant',
    entryId: randomId('grt'),
    commandId: randomId('cmd'),
    requestHash: 'lapsing',
    now,
  } as const;
  await wallets.submit({ accountId: spender.accountId, walletId: 'main' }, { ...command, ...lapsing });
});
beforeEach(() => turn('on'));
afterAll(async () => {
  jest.restoreAllMocks();
  await clearDatabase(PROJECT);
});

const run = (name: string, event: unknown = {}) => (functions[name] as Deployed).run(event);

/** Builds the event of a trigger for a created document. */
const writtenEvent = async (document: DocumentReference) => ({
  params: { accountId: document.id, eventId: document.id },
  data: { before: undefined, after: await document.get() },
});

async function commitEvent(occasion: string) {
  const { accountId } = spender;
  const event = newEvent({ accountId, type: 'order.paid' }, [occasion], { occasion }, past);
  await database()
    .doc(`accountEvents/${event.id}`)
    .set({ ...event });
  return database().doc(`accountEvents/${event.id}`);
}

it('every deployed function obeys the switch: HTTP functions themselves, others by their definition', () => {
  const unguarded = Object.entries(functions).filter(([, deployed]) => !isGuarded(deployed));
  expect(unguarded.map(([name]) => name).sort()).toEqual(['api', 'creemWebhook', 'stripeWebhook']);
  for (const [, { __endpoint }] of unguarded) expect(__endpoint.httpsTrigger).toBeDefined();
  expect(scheduled.length).toBeGreaterThan(10);
});

it('schedules do nothing, and the first run afterwards does the due work', async () => {
  const hold = await spender.charge({ operation: 'presetShare', capture: false });
  const entry = database().doc(`accounts/${spender.accountId}/wallets/main/entries/${hold}`);
  await entry.update({ openHoldExpiresAt: past, 'charge.holdExpiresAt': past });
  const stateOf = async () => {
    const collections = await database().listCollections();
    return [collections.map(({ id }) => id).sort(), (await entry.get()).data()];
  };
  const before = await stateOf();
  for (const [name] of scheduled) await run(name);
  expect(await stateOf()).toEqual(before);
  await turn('off');
  await run('expireHolds');
  expect((await entry.get()).get('openHoldExpiresAt')).toBeUndefined();
});

it('an event is not dispatched; its trigger is called again, and the sweep finds the event as well', async () => {
  const event = await commitEvent('called again');
  const swept = await commitEvent('swept');
  const dispatch = async () => run('dispatchEvents', await writtenEvent(event));
  await expect(dispatch()).rejects.toMatchObject(MAINTENANCE);
  expect(functions.dispatchEvents?.__endpoint.eventTrigger?.retry).toBe(true);
  expect((await event.get()).get('undispatchedSince')).toBe(past);
  await turn('off');
  await dispatch();
  expect((await event.get()).get('undispatchedSince')).toBeUndefined();
  await run('sweepWebhooks');
  expect((await swept.get()).get('undispatchedSince')).toBeUndefined();
});

it('the task of a webhook is refused, and the sweep creates another when the queue has given up', async () => {
  const { accountId } = spender;
  const event = newEvent({ accountId, type: 'order.paid' }, ['delivered later'], {}, past);
  const delivery = newDelivery(event, 'whe_1', past);
  const deps = suiteDeps();
  await runUnitOfWork(database(), async (unit) => deps.webhookDeliveries.createIn(unit, delivery));
  await expect(run('deliverWebhook', { data: { deliveryId: delivery.id } })).rejects.toMatchObject(MAINTENANCE);
  const made: string[] = [];
  await turn('off');
  await sweepDeliveries({ ...deps, webhookTasks: { enqueue: async (id) => void made.push(id) } });
  expect(made).toContain(delivery.id);
});

it('an automatic top-up is not started, and the sweep starts it afterwards', async () => {
  const rule = { thresholdCredits: 5_000, product: { type: 'pack', key: 'starter' }, currency: 'usd' } as const;
  const autoTopUp = database().doc(`autoTopUps/${spender.accountId}`);
  await autoTopUp.set({ ...switchedOn(null, spender.accountId, { ...rule, monthlyCapMinor: 5_000 }, now) });
  await expect(run('topUpWhenAsked', await writtenEvent(autoTopUp))).rejects.toMatchObject(MAINTENANCE);
  expect((await autoTopUp.get()).get('pause')).toBeNull();
  await turn('off');
  await run('sweepTopUps');
  // Without a saved card, the only sign of the attempt is the reason why it failed.
  expect((await autoTopUp.get()).get('pause')).toMatchObject({ code: 'payment_method_missing' });
});

it('an alert is not sent, and the sweep sends it afterwards', async () => {
  const { accountId } = spender;
  const rule = { lowBalanceThresholds: [], depleted: false, expiringWithinDays: 3 };
  const alerts = database().doc(`alerts/${accountId}`);
  await alerts.set({ ...withRule(null, accountId, { ...rule, autoTopUpFailed: true, email: false }, now) });
  await expect(run('alertWhenAsked', await writtenEvent(alerts))).rejects.toMatchObject(MAINTENANCE);
  const told = database().collection('accountEvents').where('type', '==', 'credits.expiring');
  expect((await told.get()).size).toBe(0);
  await turn('off');
  await run('alertAccounts');
  expect((await told.get()).docs.map((event) => event.get('accountId'))).toEqual([accountId]);
});
