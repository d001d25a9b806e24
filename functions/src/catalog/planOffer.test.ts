import { BUILT_IN_CATALOGS } from './builtInCatalogs.ts';
import { offerOf } from './planOffer.ts';

const catalog = BUILT_IN_CATALOGS['cloud-bridge'];

it.each([
  [{ planSlug: 'standard' }, { interval: 'term', termDays: 30, credits: 300, unitAmountMinor: 1_999 }],
  [{ planSlug: 'team' }, { interval: 'month', termDays: null, credits: 2_500, unitAmountMinor: 9_900 }],
  [
    { planSlug: 'team', interval: 'month' },
    { interval: 'month', credits: 2_500, unitAmountMinor: 9_900 },
  ],
  [
    { planSlug: 'team', interval: 'year' },
    { interval: 'year', credits: 30_000, unitAmountMinor: 99_000 },
  ],
] as const)('%j is offered as %j', (request, offer) => {
  expect(offerOf(catalog, { ...request, currency: 'usd' })).toMatchObject(offer);
});

it.each([
  ['an unknown plan', { planSlug: 'gold', currency: 'usd' }, 'UNKNOWN_PLAN'],
  ['the name of a property that every object has', { planSlug: 'constructor', currency: 'usd' }, 'UNKNOWN_PLAN'],
  ['a currency that is not sold', { planSlug: 'team', currency: 'chf' }, 'UNKNOWN_CURRENCY'],
  ['an interval for a term', { planSlug: 'pro', currency: 'usd', interval: 'month' }, 'INVALID_REQUEST'],
] as const)('refuses %s', (_name, request, code) => {
  expect(() => offerOf(catalog, request)).toThrow(expect.objectContaining({ code }));
});
