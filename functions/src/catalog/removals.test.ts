import { BUILT_IN_CATALOGS } from './builtInCatalogs.ts';
import { removalsOf } from './removals.ts';

const catalog = BUILT_IN_CATALOGS['cloud-bridge'];
const [starter, ...packs] = catalog.packs;
const [standard, ...plans] = catalog.plans;
if (!starter || !standard) throw new Error('the catalog has too little');
const { follow: _follow, ...operations } = catalog.operations;
const { 'gpt-4.1': _model, ...models } = catalog.models;
const { note: _note, ...bare } = starter;

it.each([
  ['an operation', { operations }, ['operations.follow']],
  ['a metered operation', { meteredOperations: [] }, ['meteredOperations.completion']],
  ['a model', { models }, ['models.gpt-4.1']],
  ['a tier', { tokenTiers: { core: catalog.tokenTiers.core, pro: catalog.tokenTiers.pro } }, ['tokenTiers.ultra']],
  ['all packs', { packs: [] }, catalog.packs.map(({ key }) => `packs.${key}`).sort()],
  ['a plan', { plans }, ['plans.standard']],
  ['a note', { packs: [bare, ...packs] }, ['packs.starter.note']],
  [
    'a currency of a pack',
    { packs: [{ ...starter, unitAmountsMinor: { usd: 999 } }, ...packs] },
    ['packs.starter.unitAmountsMinor.eur', 'packs.starter.unitAmountsMinor.gbp'],
  ],
  [
    'a currency of top-ups',
    { topUp: { ...catalog.topUp, minimumAmountsMinor: { usd: 1_000, eur: 1_000 } } },
    ['topUp.minimumAmountsMinor.gbp'],
  ],
])('%s that is left out counts as removed', (_name, change, removed) => {
  expect(removalsOf(catalog, { ...catalog, ...change })).toEqual(removed);
});

it.each([
  ['nothing', {}],
  ['another price', { operations: { ...catalog.operations, follow: 4 } }],
  ['another order', { packs: [...catalog.packs].reverse() }],
  ['other words', { plans: [{ ...standard, features: ['Something else'] }, ...plans] }],
  ['other rewards', { checkin: { ...catalog.checkin, rewardsCredits: [1] } }],
  [
    'a plan that renews from now on',
    {
      plans: [
        {
          ...standard,
          billing: { type: 'renewing', monthlyUnitAmountsMinor: { usd: 1 }, yearlyUnitAmountsMinor: { usd: 1 } },
        },
        ...plans,
      ],
    },
  ],
])('%s removes nothing', (_name, change) => {
  expect(removalsOf(catalog, { ...catalog, ...change })).toEqual([]);
});

it('setting a product to null is a change, leaving it out is a removal', () => {
  const sold = { ...catalog, packs: [{ ...starter, creemProductId: 'prod_1' }, ...packs] };
  expect(removalsOf(sold, { ...sold, packs: [{ ...starter, creemProductId: null }, ...packs] })).toEqual([]);
  expect(removalsOf(sold, catalog)).toEqual(['packs.starter.creemProductId']);
});

it('an operation, a tier or a pack may be called type', () => {
  const core = catalog.tokenTiers.core;
  if (!core) throw new Error('the catalog has no tier');
  expect(removalsOf(catalog, { ...catalog, operations: { ...operations, type: 1 } })).toEqual(['operations.follow']);
  const withTier = { ...catalog, tokenTiers: { ...catalog.tokenTiers, type: core } };
  expect(removalsOf(withTier, { ...withTier, tokenTiers: { type: { ...core } } })).toEqual([
    'tokenTiers.core',
    'tokenTiers.pro',
    'tokenTiers.ultra',
  ]);
  const withPack = { ...catalog, packs: [...catalog.packs, { ...starter, key: 'type' }] };
  expect(removalsOf(withPack, { ...catalog, packs: [starter] })).toContain('packs.type');
});
