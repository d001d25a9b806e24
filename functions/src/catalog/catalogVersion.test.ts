import { BUILT_IN_CATALOGS } from './builtInCatalogs.ts';
import { catalogDifferences } from './catalogVersion.ts';

const catalog = BUILT_IN_CATALOGS['cloud-bridge'];
const [starter, ...others] = catalog.packs;
if (!starter) throw new Error('the catalog has no pack');

it('the same content has no differences, whatever its version', () => {
  expect(catalogDifferences(catalog, { ...structuredClone(catalog), version: 9 })).toEqual([]);
});

it.each([
  ['a price', { operations: { ...catalog.operations, follow: 4 } }, 'operations.follow', 3, 4],
  ['a new operation', { operations: { ...catalog.operations, wave: 1 } }, 'operations.wave', null, 1],
  [
    'a list without names',
    { checkin: { ...catalog.checkin, rewardsCredits: [1] } },
    'checkin.rewardsCredits',
    [1, 1, 2, 2, 3, 3, 5],
    [1],
  ],
  [
    'a price of a pack',
    { packs: [{ ...starter, unitAmountsMinor: { ...starter.unitAmountsMinor, usd: 1 } }, ...others] },
    'packs.starter.unitAmountsMinor.usd',
    999,
    1,
  ],
  [
    'a note that is gone',
    { packs: [{ ...starter, note: undefined }, ...others] },
    'packs.starter.note',
    starter.note,
    null,
  ],
])('%s is named', (_name, change, field, before, after) => {
  expect(catalogDifferences(catalog, { ...catalog, ...change })).toEqual([{ field, before, after }]);
});

it('packs are compared by their keys: in another order only the order differs', () => {
  const keys = catalog.packs.map(({ key }) => key);
  expect(catalogDifferences(catalog, { ...catalog, packs: [...catalog.packs].reverse() })).toEqual([
    { field: 'packs.*', before: keys, after: [...keys].reverse() },
  ]);
});

it('a list that is emptied tells all that went', () => {
  const differences = catalogDifferences(catalog, { ...catalog, packs: [] });
  expect(differences).toContainEqual({ field: 'packs', before: null, after: [] });
  expect(differences).toContainEqual({ field: 'packs.starter.credits', before: 100, after: null });
});
