import { newAdmin, type Person } from '../support/people.ts';
import { database } from '../support/suite.ts';

let admin: Person;
let stored: FirebaseFirestore.DocumentData | undefined;
const current = () => database().doc('catalog/current');

/** Restores the catalog and its version for other tests. */
async function restore(): Promise<void> {
  const versions = await database().collection('catalog').get();
  await Promise.all(versions.docs.filter(({ id }) => id !== 'current').map(({ ref }) => ref.delete()));
  await (stored ? current().set(stored) : current().delete());
}

beforeAll(async () => {
  admin = await newAdmin();
  stored = (await current().get()).data();
});
beforeEach(restore);
afterAll(restore);

const read = async () => (await admin.send('GET', '/admin/catalog')).expect(200).data;
/** Builds a request for a catalog with other operations, which names the removed ones. */
const draftOf = async (change: Record<string, unknown> & { operations?: object } = {}) => {
  const { version, ...catalog } = await read();
  const kept = change.operations ?? catalog.operations;
  const gone = Object.keys(catalog.operations).filter((name) => !Object.hasOwn(kept, name));
  const removes = gone.map((name) => `operations.${name}`);
  return { baseVersion: version, catalog: { ...catalog, ...change }, ...(removes.length > 0 && { removes }) };
};
const save = (body: object, idempotencyKey?: string) => admin.send('PUT', '/admin/catalog', { body, idempotencyKey });
const operations = { login: 0, wave: 7 };
const recordsOf = async (targetId: string) =>
  (await admin.send('GET', '/admin/audit-log?limit=100'))
    .expect(200)
    .data.filter((record: { targetId: string; actorId: string }) => {
      return record.targetId === targetId && record.actorId === admin.accountId;
    });

it('a saved catalog becomes the next version in force, and the audit log has its changes', async () => {
  const { baseVersion, catalog, removes } = await draftOf({ operations });
  const { data } = (await save({ baseVersion, catalog, removes, reason: 'New prices' })).expect(200);
  expect(data).toMatchObject({
    version: baseVersion + 1,
    createdBy: admin.accountId,
    reason: 'New prices',
    restoredFrom: null,
  });
  expect(await read()).toEqual({ ...catalog, version: baseVersion + 1 });
  const [record] = await recordsOf(String(baseVersion + 1));
  expect(record).toMatchObject({
    action: 'catalog.change',
    reason: 'New prices',
    before: { version: baseVersion },
    requestId: expect.any(String),
  });
  expect(record.after.differences).toContainEqual({ field: 'operations.wave', before: null, after: 7 });
  expect(record.after.differences).toContainEqual({ field: 'operations.follow', before: 3, after: null });
});

it('a change made from another version than the one in force is refused and changes nothing', async () => {
  const { baseVersion, catalog, removes } = await draftOf({ operations });
  const bodies = Array.from({ length: 5 }, (_, index) => ({
    baseVersion,
    removes,
    catalog: { ...catalog, operations: { ...operations, wave: index } },
  }));
  const replies = await Promise.all(bodies.map((body) => save(body)));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
  const refused = replies.find(({ status }) => status === 409);
  refused?.expectError(409, 'CATALOG_CHANGED');
  expect(refused?.json.error.details).toEqual({ currentVersion: baseVersion + 1 });
  expect((await read()).version).toBe(baseVersion + 1);
  const versions = (await admin.send('GET', '/admin/catalog/versions')).expect(200).data;
  expect(versions.map(({ version }: { version: number }) => version)).toEqual([baseVersion + 1, baseVersion]);
});

it('a preview returns the changes without making them', async () => {
  const before = await read();
  const [starter, ...others] = before.packs;
  const { catalog } = await draftOf({ packs: [...others, { ...starter, credits: 101 }] });
  const { data } = (await admin.send('POST', '/admin/catalog/preview', { body: { catalog } })).expect(200);
  const keys = before.packs.map(({ key }: { key: string }) => key);
  expect(data).toEqual({
    baseVersion: before.version,
    removes: [],
    differences: [
      { field: 'packs.*', before: keys, after: [...keys.slice(1), 'starter'] },
      { field: 'packs.starter.credits', before: 100, after: 101 },
    ],
  });
  expect(await read()).toEqual(before);
});

it('a rollback restores the content as a new version, once for one Idempotency-Key', async () => {
  const first = await read();
  const { baseVersion, catalog, removes } = await draftOf({ operations });
  (await save({ baseVersion, catalog, removes })).expect(200);
  const body = { version: first.version, reason: 'Too dear' };
  const roll = () => admin.send('POST', '/admin/catalog/rollback', { body, idempotencyKey: `roll-${first.version}` });
  const { data } = (await roll()).expect(200);
  expect(data).toMatchObject({ version: baseVersion + 2, restoredFrom: first.version, reason: 'Too dear' });
  const again = (await roll()).expect(200);
  expect(again.data).toEqual(data);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await read()).toEqual({ ...first, version: baseVersion + 2 });
  const version = (await admin.send('GET', `/admin/catalog/versions/${baseVersion + 1}`)).expect(200).data;
  expect(version.catalog.operations).toEqual(operations);
  const unknown = await admin.send('POST', '/admin/catalog/rollback', { body: { version: 999_999 } });
  unknown.expectError(404, 'CATALOG_VERSION_NOT_FOUND');
});

it('versions are listed in pages', async () => {
  for (const wave of [1, 2, 3]) (await save(await draftOf({ operations: { wave } }))).expect(200);
  const { version } = await read();
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `&cursor=${cursor}` : '';
    const page = (await admin.send('GET', `/admin/catalog/versions?limit=2${query}`)).expect(200);
    seen.push(...page.data.map((item: { version: number }) => item.version));
    cursor = page.json.nextCursor;
  } while (cursor);
  expect(seen).toEqual([version, version - 1, version - 2, version - 3]);
});

it.each([
  ['a model of a tier that is not there', { models: { some: 'nowhere' } }, 'catalog.models.some'],
  ['a negative price', { operations: { wave: -1 } }, 'catalog.operations.wave'],
  ['a price of half a credit', { operations: { wave: 0.5 } }, 'catalog.operations.wave'],
  ['a model with a name of Firestore’s', { models: { __x__: 'core' } }, 'catalog.models.__x__'],
])('%s is refused, and the answer names the field', async (_name, change, field) => {
  (await save(await draftOf(change))).expectError(400, 'INVALID_REQUEST', field);
});

describe('a removal', () => {
  const refusal = async (method: string, path: string, body: object) =>
    (await admin.send(method, path, { body })).expectError(409, 'CATALOG_WOULD_REMOVE').json.error.details.wouldRemove;

  it('is refused and listed until the request names it', async () => {
    const before = await read();
    const others = Object.keys(before.operations).filter((name) => name !== 'follow');
    const removes = others.map((name) => `operations.${name}`).sort();
    const body = { operations: { follow: 4 } };
    expect(await refusal('PUT', '/admin/pricing', body)).toEqual(removes);
    expect(await refusal('PUT', '/admin/pricing', { ...body, removes: removes.slice(1) })).toEqual(removes);
    expect(await read()).toEqual(before);
    const { data } = (await admin.send('PUT', '/admin/pricing', { body: { ...body, removes } })).expect(200);
    expect(data.operations).toEqual({ follow: 4 });
  });

  it('may include all packs if they are named', async () => {
    const { baseVersion, catalog } = await draftOf();
    const without = { baseVersion, catalog: { ...catalog, packs: [], meteredOperations: undefined } };
    const removes = await refusal('PUT', '/admin/catalog', without);
    const keys = catalog.packs.map(({ key }: { key: string }) => `packs.${key}`);
    expect(removes).toEqual(['meteredOperations.completion', ...keys.sort()]);
    const preview = await admin.send('POST', '/admin/catalog/preview', { body: { catalog: without.catalog } });
    expect(preview.expect(200).data.removes).toEqual(removes);
    expect((await save({ ...without, removes })).expect(200).data.catalog.packs).toEqual([]);
  });

  it('includes a currency in which a pack or plan is no longer sold', async () => {
    expect(await refusal('PUT', '/admin/packs/starter', { unitAmountsMinor: { usd: 999 } })).toEqual([
      'packs.starter.unitAmountsMinor.eur',
      'packs.starter.unitAmountsMinor.gbp',
    ]);
    const billing = { type: 'fixed_term', termDays: 30, unitAmountsMinor: { usd: 1, eur: 1 } };
    const removes = await refusal('PUT', '/admin/plans/standard', { billing });
    expect(removes).toEqual(['plans.standard.billing.unitAmountsMinor.gbp']);
    (await admin.send('PUT', '/admin/plans/standard', { body: { billing, removes } })).expect(200);
  });

  it('includes a metered operation, a model, a tier or a currency of top-ups', async () => {
    const { topUp } = await read();
    const change = {
      meteredOperations: [],
      models: {},
      topUp: { minimumAmountsMinor: { usd: 1 }, creditsPerMajorUnit: { usd: 1 } },
    };
    const removes = await refusal('PUT', '/admin/pricing', change);
    expect(removes).toContain('meteredOperations.completion');
    expect(removes).toContain('models.gpt-4.1');
    for (const currency of Object.keys(topUp.creditsPerMajorUnit).filter((name) => name !== 'usd')) {
      expect(removes).toContain(`topUp.creditsPerMajorUnit.${currency}`);
    }
  });

  it('must not name a part that stays', async () => {
    const body = { removes: ['operations.login'] };
    (await admin.send('PUT', '/admin/pricing', { body })).expectError(400, 'INVALID_REQUEST', 'removes');
  });
});

describe('a change of one part', () => {
  const pack = { key: 'admin-tiny', name: 'Tiny', credits: 10, unitAmountsMinor: { usd: 199 } };

  it('adds and changes a pack, each in a separate version', async () => {
    const { version } = await read();
    const body = { ...pack, reason: 'Try it' };
    (await admin.send('POST', '/admin/packs', { body })).expect(201);
    (await admin.send('POST', '/admin/packs', { body })).expectError(409, 'PACK_EXISTS');
    const changed = await admin.send('PUT', '/admin/packs/admin-tiny', { body: { credits: 11 } });
    expect(changed.expect(200).data).toEqual({ ...pack, credits: 11 });
    expect((await admin.send('GET', '/admin/packs')).expect(200).data).toContainEqual({ ...pack, credits: 11 });
    expect((await read()).version).toBe(version + 2);
    const [record] = await recordsOf(String(version + 2));
    expect(record.after.differences).toEqual([{ field: 'packs.admin-tiny.credits', before: 10, after: 11 }]);
  });

  it('is refused if it leaves no price', async () => {
    const body = { unitAmountsMinor: {} };
    (await admin.send('PUT', '/admin/packs/starter', { body })).expectError(400, 'INVALID_REQUEST', 'packs.0');
  });

  it('adds and changes a plan', async () => {
    const [{ creemProductId: _, ...standard }] = (await admin.send('GET', '/admin/plans')).expect(200).data;
    const body = { ...standard, slug: 'admin-plan' };
    (await admin.send('POST', '/admin/plans', { body })).expect(201);
    (await admin.send('POST', '/admin/plans', { body })).expectError(409, 'PLAN_EXISTS');
    const changed = await admin.send('PUT', '/admin/plans/admin-plan', { body: { credits: 5, baseVersion: 1 } });
    changed.expectError(409, 'CATALOG_CHANGED');
    const { version } = await read();
    const right = await admin.send('PUT', '/admin/plans/admin-plan', { body: { credits: 5, baseVersion: version } });
    expect(right.expect(200).data).toEqual({ ...body, credits: 5 });
  });

  it('changes prices part by part and keeps parts that are left out', async () => {
    const before = (await admin.send('GET', '/admin/pricing')).expect(200).data;
    const body = { operations: { ...before.operations, wave: 2 } };
    const { data } = (await admin.send('PUT', '/admin/pricing', { body })).expect(200);
    expect(data).toEqual({ ...before, operations: body.operations, version: before.version + 1 });
    expect(data.meteredOperations).toEqual(['completion']);
  });

  it('is kept together with concurrent changes of other parts', async () => {
    const { version, packs } = await read();
    const bodies = ['a', 'b', 'c', 'd'].map((letter) => ({ ...pack, key: `admin-${letter}` }));
    const replies = await Promise.all(bodies.map((body) => admin.send('POST', '/admin/packs', { body })));
    for (const reply of replies) reply.expect(201);
    const after = await read();
    expect(after.version).toBe(version + 4);
    expect(after.packs).toHaveLength(packs.length + 4);
  });
});

it('a pack or plan may have a product at Creem, which no other pack or plan has', async () => {
  const pack = { key: 'creem-pack', name: 'Creem pack', credits: 5, unitAmountsMinor: { usd: 500 } };
  const create = (creemProductId: unknown) => admin.send('POST', '/admin/packs', { body: { ...pack, creemProductId } });
  (await create('nonsense')).expectError(400, 'INVALID_REQUEST', 'creemProductId');
  (await create('prod_local_starter')).expectError(400, 'INVALID_REQUEST', 'creemProductId');
  expect((await create('prod_new')).expect(201).data).toEqual({ ...pack, creemProductId: 'prod_new' });
  const change = (path: string, body: object) => admin.send('PUT', path, { body });
  const removed = (await change('/admin/packs/creem-pack', { creemProductId: null })).expect(200).data;
  expect(removed).toEqual({ ...pack, creemProductId: null });
  const products = { creemProductId: 'prod_month', creemYearlyProductId: 'prod_year' };
  expect((await change('/admin/plans/team', products)).expect(200).data).toMatchObject({ slug: 'team', ...products });
  (await change('/admin/plans/pro', { creemProductId: 'prod_year' })).expectError(400, 'INVALID_REQUEST');
});
