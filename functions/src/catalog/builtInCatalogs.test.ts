import { BUILT_IN_CATALOG_NAMES, BUILT_IN_CATALOGS } from './builtInCatalogs.ts';
import { catalogSchema } from './catalog.ts';
import { CURRENCIES } from './currency.ts';

describe.each(BUILT_IN_CATALOG_NAMES)('the %s catalog', (name) => {
  const catalog = BUILT_IN_CATALOGS[name];

  it('is valid', () => expect(catalogSchema.parse(catalog)).toEqual(catalog));

  it('has a tier for every model', () => {
    for (const tier of Object.values(catalog.models)) expect(catalog.tokenTiers).toHaveProperty(tier);
  });

  it('never sells a bigger pack at a higher price per credit, in any currency', () => {
    for (const currency of CURRENCIES) {
      const rates = catalog.packs.flatMap(({ credits, unitAmountsMinor }) => {
        const price = unitAmountsMinor[currency];
        return price === undefined ? [] : [price / credits];
      });
      expect([...rates].sort((a, b) => b - a)).toEqual(rates);
    }
  });
});

it('cloud-bridge has the published prices of operations', () => {
  expect(BUILT_IN_CATALOGS['cloud-bridge'].operations).toEqual({
    login: 0,
    follow: 3,
    unfollow: 3,
    profileCheck: 0,
    presetShare: 10,
    presetList: 0,
    captureShare: 10,
  });
});

it('passthrough packs have 100,000 credits per dollar of the price less 5 %', () => {
  expect(BUILT_IN_CATALOGS.passthrough.packs.map((pack) => pack.credits)).toEqual([
    949_050, 2_374_050, 4_749_050, 9_499_050, 18_999_050,
  ]);
});
