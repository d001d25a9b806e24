import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertFails, initializeTestEnvironment, type RulesTestEnvironment } from '@firebase/rules-unit-testing';
import {
  addDoc,
  collection,
  collectionGroup,
  deleteDoc,
  doc,
  type Firestore,
  getDoc,
  getDocs,
  setDoc,
  setLogLevel,
  updateDoc,
} from 'firebase/firestore';
import { PROJECT } from '../support/suite.ts';

const rules = readFileSync(join(__dirname, '../../../firestore.rules'), 'utf8');
const [host = '', port = ''] = (process.env.FIRESTORE_EMULATOR_HOST ?? '').split(':');

const DOCUMENTS = [
  'accounts/alice',
  'accounts/alice/wallets/main',
  'accounts/alice/wallets/main/entries/txn_1',
  'accounts/alice/keyIds/key_1',
  'accounts/alice/batches/bat_1',
  'accounts/alice/wallets/main/audit/checkpoint',
  'accounts/alice/wallets/main/usage/2026-03-14',
  'audits/current',
  'auditDifferences/alice_main',
  'apiKeys/abc',
  'orders/ord_1',
  'webhookEvents/stripe_evt_1',
  'webhookFailures/stripe_evt_1',
  'webhookBacklogs/stripe',
  'autoTopUps/alice',
  'refunds/rfd_1',
  'coupons/SPRING',
  'coupons/SPRING/uses/alice',
  'couponRequests/cpr_1',
  'rateLimits/alice',
  'catalog/current',
  'catalog/v2',
  'auditLog/aud_1',
  'reports/2026-01',
  'accounts/alice/wallets/main/reported/credits',
  'anything/else',
];

// Every refusal would be printed; here they are what is wanted.
setLogLevel('silent');

let environment: RulesTestEnvironment;
beforeAll(async () => {
  // A project of its own, so that the data of other tests stays out of it.
  environment = await initializeTestEnvironment({
    projectId: `${PROJECT}-rules`,
    firestore: { rules, host, port: Number(port) },
  });
  await environment.withSecurityRulesDisabled(async (context) => {
    for (const path of DOCUMENTS)
      await setDoc(doc(context.firestore() as unknown as Firestore, path), { owner: 'alice' });
  });
});
afterAll(() => environment.cleanup());

describe.each([
  ['signed out', () => environment.unauthenticatedContext()],
  ['signed in as the owner', () => environment.authenticatedContext('alice')],
  ['signed in as an administrator', () => environment.authenticatedContext('root', { admin: true })],
])('%s', (_name, context) => {
  const database = () => context().firestore() as unknown as Firestore;

  it.each(DOCUMENTS)('%s can neither be read nor written', async (path) => {
    const reference = doc(database(), path);
    await assertFails(getDoc(reference));
    await assertFails(setDoc(reference, { x: 1 }));
    await assertFails(updateDoc(reference, { x: 1 }));
    await assertFails(deleteDoc(reference));
    const parent = path.split('/').slice(0, -1).join('/');
    await assertFails(getDocs(collection(database(), parent)));
    await assertFails(addDoc(collection(database(), parent), { x: 1 }));
  });

  it('no collection group can be listed', async () => {
    for (const name of ['entries', 'wallets', 'keyIds']) await assertFails(getDocs(collectionGroup(database(), name)));
  });
});
