import { BUILT_IN_CATALOGS } from './builtInCatalogs.ts';
import { catalogDifferences } from './catalogVersion.ts';

const catalog = BUILT_IN_CATALOGS['cloud-bridge'];
const [starter, ...others] = catalog.packs;
if (!starter) throw new Error('the catalog has no pack');

it('catalogs that differ only in their version have no differences', () => {
  expect(catalogDifferences(catalog, { ...structuredClone(catalog), version: 9 })).toEqual([]);
});

it.each([
  ['a changed price', { operations: { ...catalog.operations, follow: 4 } }, 'operations.follow', 3, 4],
  ['a new operation', { operations: { ...catalog.operations, wave: 1 } }, 'operations.wave', null, 1],
  [
    'a changed list without names',
    { checkin: { ...catalog.checkin, rewardsCredits: [1] } },
    'checkin.rewardsCredits',
    [1, 1, 2, 2, 3, 3, 5],
    [1],
  ],
  [
    'a changed price of a pack',
    { packs: [{ ...starter, unitAmountsMinor: { ...starter.unitAmountsMinor, usd: 1 } }, ...others] },
    'packs.starter.unitAmountsMinor.usd',
    999,
    1,
  ],
  ['a removed note', { packs: [{ ...starter, note: undefined }, ...others] }, 'packs.starter.note', starter.note, null],
])('%s is a difference with its path', (_name, change, field, before, after) => {
  expect(catalogDifferences(catalog, { ...catalog, ...change })).toEqual([{ field, before, after }]);
});

it('packs are compared by their keys, so reordering them changes only their order', () => {
  const keys = catalog.packs.map(({ key }) => key);
  expect(catalogDifferences(catalog, { ...catalog, packs: [...catalog.packs].reverse() })).toEqual([
    { field: 'packs.*', before: keys, after: [...keys].reverse() },
  ]);
});

it('an emptied list lists everything that was removed', () => {
  const differences = catalogDifferences(catalog, { ...catalog, packs: [] });
  expect(differences).toContainEqual({ field: 'packs', before: null, after: [] });
  expect(differences).toContainEqual({ field: 'packs.starter.credits', before: 100, after: null });
});
