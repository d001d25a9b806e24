import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectSoundLedgers } from '../../support/soundLedgers.ts';
import { FIRESTORE_URL } from '../../support/suite.ts';
import { Load } from './Load.ts';
import { World } from './World.ts';

// Checkout pages of customers take the local Stripe some time.
jest.setTimeout(120_000);

const CUSTOMERS = 3;
const INITIAL_CREDITS = 100_000;

let world: World;
let folder: string;
beforeAll(async () => {
  world = await World.open('restore');
  folder = mkdtempSync(join(tmpdir(), 'restore-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

/** The emulator's export and import, which correspond to `gcloud firestore export` and `import`. */
async function emulator(action: 'export' | 'import', request: object): Promise<void> {
  const database = `projects/${world.projectId}/databases/(default)`;
  const response = await fetch(`${FIRESTORE_URL}/emulator/v1/projects/${world.projectId}:${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ database, ...request }),
  });
  if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
}

/** Removes the update times of documents, which differ after a restore. */
async function content(): Promise<Record<string, unknown>> {
  const documents = Object.entries(await world.everything());
  return Object.fromEntries(documents.map(([path, fields]) => [path, { ...(fields as object), writtenAt: null }]));
}

it('a restore under load loses no charge, charges nobody twice and loses no event', async () => {
  const load = await Load.begin(world, CUSTOMERS, INITIAL_CREDITS);
  const paidByAll = (times: number) => load.customers.every(({ paid }) => paid >= times);
  await load.until(() => paidByAll(2));

  // The runbook: switch on, wait until earlier work has ended, export, restore, audit, switch off.
  const openPages = await Promise.all(load.customers.map((customer) => customer.order()));
  await world.turn('on');
  await world.drained();
  const exported = await content();
  await emulator('export', { export_directory: folder, export_name: 'backup' });
  const refusedBefore = load.refused;
  // Checkout pages stay open at Stripe; payments there now cause events that arrive during the restore.
  await Promise.all(load.customers.map((customer, index) => customer.pay(openPages[index] ?? '')));
  await world.clear();
  await load.until(() => load.refused > refusedBefore + 20);
  expect(await content()).toEqual({});
  await emulator('import', { export_directory: join(folder, 'backup', 'backup.overall_export_metadata') });
  await load.until(() => load.refused > refusedBefore + 40);
  expect(await content()).toEqual(exported);
  await expectSoundLedgers(world.db);
  await world.turn('off');

  const paidBefore = load.customers.map(({ paid }) => paid);
  await load.until(() => load.customers.every(({ paid }, index) => paid > (paidBefore[index] ?? 0)));
  await load.stop();
  await world.stripe.flush();
  await expectSoundLedgers(world.db);
  for (const { accountId, charged, paid } of load.customers) {
    const entries = (await world.db.collection(`accounts/${accountId}/wallets/main/entries`).get()).docs;
    const ofKind = (...kinds: string[]) => entries.filter((entry) => kinds.includes(entry.get('kind')));
    // The ledger has exactly the charges answered with 201, because repetitions found the first charge.
    const charges = ofKind('charge', 'hold').map(({ id }) => id);
    expect(charges.sort()).toEqual([...charged].sort());
    const orders = (await world.db.collection('orders').where('accountId', '==', accountId).get()).docs;
    expect(orders.map((order) => order.get('status'))).toEqual(Array(paid).fill('paid'));
    expect(ofKind('purchase')).toHaveLength(paid);
  }
  const { data: payments } = await world.stripe.api.paymentIntents.list({ limit: 100 });
  const totalPaid = load.customers.reduce((sum, { paid }) => sum + paid, 0);
  expect(payments.map(({ status }) => status)).toEqual(Array(totalPaid).fill('succeeded'));
});
