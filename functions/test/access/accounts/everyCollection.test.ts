import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addSeconds } from '@cloud-bridge/base';
import { getAuth } from 'firebase-admin/auth';
import { EXPORT_SECTIONS } from '../../../src/access/accounts/accounts.schemas.ts';
import { sweepDeletions } from '../../../src/access/accounts/sweepDeletions.ts';
import { documentsOf } from '../../support/accountDocuments.ts';
import { creemOrderPaid, resetLocalCreem } from '../../support/creemControl.ts';
import { allEventsDispatched, deliveryAttempted } from '../../support/dispatched.ts';
import { runScheduled, suiteDeps, withParts } from '../../support/functionsTest.ts';
import { askForInvoicing } from '../../support/invoicing.ts';
import { auditWallet } from '../../support/ledger.ts';
import { newAdmin, type Person } from '../../support/people.ts';
import { allWebhooksDelivered, orderAnd, orderOf, stripe } from '../../support/stripeControl.ts';
import { Subscriber } from '../../support/subscriptions.ts';
import { database, firebase } from '../../support/suite.ts';
import { HELD_DATA, SECTIONS_OF_PROVIDERS } from './heldData.ts';

const SOURCES = join(__dirname, '../../../src');
const HOUR_SECONDS = 3_600;
/** A word that the product never uses, so that any data with it comes from the owner. */
const WORD = 'Zyxwvut';
const IP = '203.0.113.77';
const TAX_ID = 'DE987654321';

/** Collections whose documents this test writes directly, without a shape. */
const WRITTEN_BY_THIS_TEST = ['depositAddresses'];

const collectionOf = (path: string) => path.split('/').at(-2) ?? '';

/** Returns the collections named in the product's code. */
function collectionsInSources(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const names = files
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(SOURCES, file), 'utf8').matchAll(/\.collection(?:Group)?\('(\w+)'\)/g)])
    .map(([, name = '']) => name);
  return [...new Set(names)].sort();
}

/** Returns all documents of the database as text, by path. */
async function wholeDatabase(): Promise<ReadonlyMap<string, string>> {
  const snapshots = await Promise.all(Object.keys(HELD_DATA).map((name) => database().collectionGroup(name).get()));
  const documents = snapshots.flatMap(({ docs }) => docs);
  return new Map(documents.map((document) => [document.ref.path, JSON.stringify(document.data())]));
}

async function exportOf(person: Person): Promise<{ section: string; record: Record<string, unknown> }[]> {
  const records: { section: string; record: Record<string, unknown> }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor && `&cursor=${cursor}`;
    const { json } = (await person.send('GET', `/account/export?limit=3${query}`)).expect(200);
    records.push(...json.data);
    cursor = json.nextCursor;
  }
  return records;
}

/** Leaves data and texts of an owner in every place that accepts some. */
async function liveThroughEverything(person: Person, admin: Person): Promise<void> {
  const { accountId } = person;
  await person.grant(1_000);
  const key = await person.createKey({ name: `${WORD} key` });
  await person.createKey({ name: `${WORD} office`, allowedIps: [`${IP}/32`] });
  const words = { operation: 'follow', description: `${WORD} description`, metadata: { customer: `${WORD} customer` } };
  (await key.charge(words)).expect(201);
  (await key.send('POST', '/billing/charges/batch', { body: { charges: [words] }, idempotencyKey: WORD })).expect(200);
  const shop = { name: `${WORD} shop`, platform: 'shopify' };
  (await person.send('POST', '/account/integrations', { body: shop })).expect(201);
  const delivery = { operation: 'follow', recipient: `${WORD} recipient`, payload: {} };
  (await key.send('POST', '/account/deliveries', { body: delivery })).expect(201);
  const endpoint = { url: `http://127.0.0.1:9/${WORD}`, description: `${WORD} endpoint` };
  const { id: endpointId } = (await person.send('POST', '/account/webhooks', { body: endpoint })).expect(201).data;
  (await person.send('POST', `/account/webhooks/${endpointId}/test`)).expect(201);
  (await person.send('PUT', '/billing/alerts', { body: { lowBalanceThresholds: [5_000], email: true } })).expect(200);
  await runScheduled('alertAccounts');
  await runScheduled('sweepWebhooks');
  await getAuth(firebase()).updateUser(accountId, { emailVerified: true });
  (await person.send('POST', '/billing/checkin')).expect(201);
  await database()
    .doc(`depositAddresses/${accountId}`)
    .set({
      accountId,
      index: 1_000_000 + Math.floor(Math.random() * 1_000_000),
      address: `0x${WORD}`,
      createdAt: new Date().toISOString(),
    });
  const rule = { enabled: true, thresholdCredits: 10, pack: 'starter', monthlyCap: 20 };
  (await person.send('PUT', '/billing/auto-topup', { body: rule })).expect(200);
  await beJudgedByOperators(person, admin);
}

/** Performs every action of operators on an account, each with a reason that names the owner. */
async function beJudgedByOperators(person: Person, admin: Person): Promise<void> {
  const { accountId } = person;
  const code = `T-${accountId.slice(0, 18)}`.toUpperCase();
  const coupon = { code, credits: 5 };
  (await admin.send('POST', '/admin/coupons', { body: coupon, idempotencyKey: code })).expect(201);
  (await person.send('POST', '/billing/coupons/redeem', { body: { code } })).expect(201);
  const reason = `${WORD} asked for it`;
  const adjustment = { accountId, amountCredits: 5, reason };
  (await admin.send('POST', '/admin/credits/manual', { body: adjustment })).expect(201);
  for (const verb of ['freeze', 'unfreeze']) {
    (await admin.send('POST', `/admin/accounts/${accountId}/${verb}`, { body: { reason } })).expect(200);
  }
  await askForInvoicing(accountId);
  (await admin.send('POST', `/admin/invoicing/${accountId}/decline`, { body: { reason } })).expect(200);
}

/** Pays in every way that stores an id of the payer; returns these ids. */
async function payInEveryWay(subscriber: Subscriber, admin: Person): Promise<string[]> {
  const { person, customer } = subscriber;
  await stripe.customers.update(customer.id, { name: `${WORD} Ltd`, phone: '+49 30 5550177' });
  await stripe.taxIds.create({ owner: { type: 'customer', customer: customer.id }, type: 'eu_vat', value: TAX_ID });
  const { subscriptionId } = (await subscriber.subscribe()).expect(201).data;
  (await person.send('POST', '/billing/cancel', { body: { subscriptionId } })).expect(200);
  const { orderId } = await orderAnd(person, 'pay');
  (await admin.send('POST', `/admin/orders/${orderId}/refund`, { body: {} })).expect(201);
  const creem = await creemOrderPaid(person);
  await allWebhooksDelivered();
  await runScheduled('auditLedger');
  await runScheduled('reportCredits');
  const { invoiceUrl, receiptUrl } = await orderOf(person, orderId);
  const { customerIds } = (await person.send('GET', '/account')).expect(200).data;
  return [invoiceUrl, receiptUrl, creem.url, customerIds.creem];
}

afterEach(resetLocalCreem);

it('every collection that the code names is declared, and every section of the export belongs to one', () => {
  expect(collectionsInSources().filter((name) => !(name in HELD_DATA))).toEqual([]);
  const sections = Object.values(HELD_DATA).flatMap(({ exportedAs }) => exportedAs ?? []);
  expect([...sections, ...SECTIONS_OF_PROVIDERS].sort()).toEqual([...EXPORT_SECTIONS].sort());
});

it('data of an account in every collection is exported, and an erasure leaves no personal data in any', async () => {
  const admin = await newAdmin();
  const subscriber = await Subscriber.create();
  const { person } = subscriber;
  const { email } = (await person.send('GET', '/account')).data;
  await liveThroughEverything(person, admin);
  const links = await payInEveryWay(subscriber, admin);
  // Triggers and tasks write mails and lines of webhooks after the requests have been answered.
  await allEventsDispatched(person.accountId);
  await deliveryAttempted(person.accountId);
  const markers = [WORD, IP, TAX_ID, email, ...links];

  const collections = (await database().listCollections()).map(({ id }) => id);
  expect(collections.filter((name) => !(name in HELD_DATA))).toEqual([]);
  const own = await documentsOf(person.accountId);
  const ownCollections = new Set(Object.keys(own).map(collectionOf));
  const declaredAs = (...kinds: string[]) =>
    Object.keys(HELD_DATA).filter((name) => kinds.includes(HELD_DATA[name]?.erasure ?? ''));
  expect([...ownCollections].filter((name) => !(name in HELD_DATA))).toEqual([]);
  // The account has data in every place where something has to be erased.
  const usesOfCoupons = new Set([...ownCollections, 'uses']);
  expect(declaredAs('deleted', 'emptied').filter((name) => !usesOfCoupons.has(name))).toEqual([]);

  const withoutShape = Object.entries(own).filter(([, fields]) => !('shape' in fields));
  const written = withoutShape.map(([path]) => collectionOf(path));
  expect([...new Set(written)]).toEqual(WRITTEN_BY_THIS_TEST);

  const exported = await exportOf(person);
  const empty = EXPORT_SECTIONS.filter((name) => !exported.some(({ section }) => section === name));
  expect(empty).toEqual([]);
  const text = JSON.stringify(exported);
  expect(text).not.toContain('"shape"');
  for (const marker of [...markers, `${WORD} customer`, `${WORD} recipient`, `${WORD} office`, `${WORD} Ltd`]) {
    expect(text).toContain(marker);
  }

  (await person.send('DELETE', '/account', { body: { accountId: person.accountId, forfeitCredits: true } })).expect(
    200,
  );
  await allWebhooksDelivered();
  await sweepDeletions(withParts(suiteDeps(), { clock: () => addSeconds(new Date().toISOString(), 2 * HOUR_SECONDS) }));

  const left = await wholeDatabase();
  const traces = [...left].filter(([path, data]) => markers.some((marker) => `${path} ${data}`.includes(marker)));
  expect(traces).toEqual([]);
  const remaining = new Set(Object.keys(await documentsOf(person.accountId)).map(collectionOf));
  expect(declaredAs('deleted').filter((name) => remaining.has(name))).toEqual([]);
  expect(await stripe.customers.retrieve(subscriber.customer.id)).toMatchObject({
    email: null,
    name: null,
    phone: null,
  });
  await auditWallet(person.accountId);
});
