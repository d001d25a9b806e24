import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { FieldValue, getFirestore } from 'firebase-admin/firestore';
import { BUILT_IN_CATALOGS } from '../functions/src/catalog/builtInCatalogs.ts';
import { type Suite, withSuite } from '../local/suite/suite.ts';
import { runTask } from '../local/suite/task/runTask.ts';
import { projectId } from '../local/suite/urls.ts';
import { expectJson } from './client/http.ts';
import { payOnPage, webhooksDelivered } from './client/payment.ts';
import { DEMO_LOGIN, Person } from './client/person.ts';

const root = dirname(import.meta.dirname);

/** Limit of requests per minute in the local suite, high enough for experiments. */
const LOCAL_REQUESTS_PER_MINUTE = 10_000;

/** The local Creem's product ids of packs and plans. */
const LOCAL_CREEM_PRODUCTS: Readonly<Record<string, { creemProductId: string; creemYearlyProductId?: string }>> = {
  starter: { creemProductId: 'prod_local_starter' },
  growth: { creemProductId: 'prod_local_growth' },
  standard: { creemProductId: 'prod_local_standard' },
  team: { creemProductId: 'prod_local_team_month', creemYearlyProductId: 'prod_local_team_year' },
};

// Creates emulator-data/ again. Everything except the catalog and the user is created by real API calls.
await runTask(async (interrupted) => {
  await withSuite({ root, interrupted, stripe: 'local', importData: false }, async (suite) => {
    Object.assign(process.env, suite.environment);
    initializeApp({ projectId });
    await storeCatalog();
    await getAuth().createUser({ uid: 'demo', ...DEMO_LOGIN, displayName: 'Demo', emailVerified: true });
    await makeHistory(suite);
    await exportTo(suite, join(root, 'emulator-data'));
  });
  console.log('emulator-data/ is new.');
  return 0;
});

async function storeCatalog(): Promise<void> {
  const { packs, plans, ...rest } = BUILT_IN_CATALOGS['cloud-bridge'];
  await getFirestore()
    .doc('catalog/current')
    .set({
      ...rest,
      rateLimit: { requestsPerMinute: LOCAL_REQUESTS_PER_MINUTE, ownerRequestsPerMinute: LOCAL_REQUESTS_PER_MINUTE },
      packs: packs.map((pack) => ({ ...pack, ...LOCAL_CREEM_PRODUCTS[pack.key] })),
      plans: plans.map((plan) => ({ ...plan, ...LOCAL_CREEM_PRODUCTS[plan.slug] })),
    });
}

/** Buys a pack and spends a part: by charges, by a hold that is captured in part, and by a released hold. */
async function makeHistory({ urls }: Suite): Promise<void> {
  const demo = await Person.signIn(urls, DEMO_LOGIN);
  const { url } = await demo.call('POST', '/billing/checkout', { pack: 'growth' });
  await payOnPage(url);
  await webhooksDelivered(urls);
  const key = await demo.createKey('first integration');
  const charge = async (path: string, body: object) =>
    (await expectJson('POST', `${urls.api}/billing/charges${path}`, { headers: { 'x-api-key': key.apiKey }, body }))
      .data;
  await charge('', { operation: 'presetShare', description: 'Shared a preset' });
  await charge('', { operation: 'follow' });
  await charge('', { operation: 'presetList' });
  const hold = await charge('', { operation: 'captureShare', quantity: 3, capture: false });
  await charge(`/${hold.id}/capture`, { amountCredits: 20 });
  const unused = await charge('', { operation: 'presetShare', capture: false });
  await charge(`/${unused.id}/release`, {});
  await demo.call('DELETE', `/account/keys/${key.id}`);
  for (const window of await getFirestore().collection('rateLimits').listDocuments()) await window.delete();
  // Removes the customer's id, because a newly started local Stripe doesn't have the customer.
  await getFirestore().doc('accounts/demo').update({ customerIds: FieldValue.delete() });
}

async function exportTo(suite: Suite, target: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-data-'));
  try {
    await suite.exportData(folder);
    rmSync(target, { recursive: true, force: true });
    cpSync(folder, target, { recursive: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
