import { BUILT_IN_CATALOGS } from './builtInCatalogs.ts';
import { type CatalogDraft, catalogDraftSchema } from './catalog.ts';

const { version: _version, ...draft } = BUILT_IN_CATALOGS['cloud-bridge'];
const [pack, ...packs] = draft.packs;
const [plan, ...plans] = draft.plans;
if (!pack || !plan) throw new Error('the catalog sells nothing');
const TOO_MUCH = Number.MAX_SAFE_INTEGER;
const fixedTerm = { type: 'fixed_term', termDays: 30, unitAmountsMinor: { usd: 100 } } as const;

it.each<[field: string, change: Partial<CatalogDraft>]>([
  ['packs.0.credits', { packs: [{ ...pack, credits: TOO_MUCH }, ...packs] }],
  ['packs.0.unitAmountsMinor.usd', { packs: [{ ...pack, unitAmountsMinor: { usd: TOO_MUCH } }, ...packs] }],
  ['plans.0.credits', { plans: [{ ...plan, credits: TOO_MUCH }, ...plans] }],
  ['plans.0.billing.termDays', { plans: [{ ...plan, billing: { ...fixedTerm, termDays: TOO_MUCH } }, ...plans] }],
  ['topUp.creditsPerMajorUnit.usd', { topUp: { ...draft.topUp, creditsPerMajorUnit: { usd: TOO_MUCH } } }],
  ['checkin.rewardsCredits.0', { checkin: { ...draft.checkin, rewardsCredits: [TOO_MUCH] } }],
])('%s has an upper bound, so that sums and products of it stay exact', (field, change) => {
  const { error } = catalogDraftSchema.safeParse({ ...draft, ...change });
  expect(error?.issues.map(({ path }) => path.join('.'))).toContain(field);
});
