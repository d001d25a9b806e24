import * as z from 'zod';
import type { ProviderName } from '../access/accounts/providerName.ts';
import { storedText as text } from '../platform/http/schemas.ts';
import { CURRENCIES, currencySchema } from './currency.ts';

/** A price or an amount of credits: a safe integer that is not negative. */
const wholeNumber = z.int().min(0);
/** What is sold or given at once: twelve times it, and what many of them add up to, is still a safe integer. */
const MAX_CREDITS = 1_000_000_000;
const credits = z.int().min(1).max(MAX_CREDITS);
/** As much as Stripe takes: eight digits (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const MAX_AMOUNT_MINOR = 99_999_999;
/** A rate with which the largest top-up, a billion dollars of USDC, is still a safe integer of credits. */
const MAX_CREDITS_PER_MAJOR_UNIT = 1_000_000;
/** Stripe bills no longer periods than three years. */
const MAX_TERM_DAYS = 1_095;

/** A price in the smallest unit of its currency (cents, pence) for each currency in which a thing is sold. */
const pricesSchema = z.partialRecord(currencySchema, z.int().min(1).max(MAX_AMOUNT_MINOR));

const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, { message: 'must be 1 to 40 small letters, digits and dashes, a letter first' });
/** A model as its maker names it; never a name that Firestore keeps for itself. */
const modelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99}$/, {
  message: 'must be 1 to 100 letters, digits and ._:/@+-, a letter or digit first',
});
/** What a pack or plan is at Creem, which sells products of its own; without one it isn't sold there. */
const creemProductId = z
  .string()
  .regex(/^prod_\w{1,100}$/, { message: 'must be the id of a product at Creem, prod_…' })
  .nullable()
  .optional()
  .meta({ example: 'prod_6tW66i0oZM7w1qXReHJrwg', description: 'Its product at Creem; null or none: not sold there.' });

const operationName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,39}$/, { message: 'must be 1 to 40 letters and digits, a small letter first' });

export const packSchema = z.strictObject({
  key: slug,
  name: text(100),
  credits,
  unitAmountsMinor: pricesSchema,
  note: text(200).optional(),
  creemProductId,
});

export const planSchema = z.strictObject({
  slug,
  name: text(100),
  description: text(500, 0),
  credits,
  /** A term that ends by itself, or one that renews. */
  billing: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('fixed_term'),
      termDays: z.int().min(1).max(MAX_TERM_DAYS),
      unitAmountsMinor: pricesSchema,
    }),
    z.strictObject({
      type: z.literal('renewing'),
      monthlyUnitAmountsMinor: pricesSchema,
      yearlyUnitAmountsMinor: pricesSchema,
    }),
  ]),
  features: z.array(text(200)).max(50),
  creemProductId: creemProductId.meta({ description: 'Its product at Creem, for a month where it renews.' }),
  creemYearlyProductId: creemProductId.meta({ description: 'The same for a year.' }),
});

export const checkinSchema = z.strictObject({
  /** Credits for checking in on the first, second, … day in a row; the last figure holds for all later days. */
  rewardsCredits: z.array(wholeNumber.max(MAX_CREDITS)).min(1).max(366),
  /** Days after which the credits lapse; null: never. */
  creditsExpireAfterDays: z.int().min(1).max(3_650).nullable().default(30),
  /** Only accounts that have bought something get them: against people who open many. */
  requiresPurchase: z.boolean().default(false),
  /** Only owners get them who have proved that their address is theirs: also against people who open many accounts. */
  requiresVerifiedEmail: z.boolean().default(true),
});

/** Everything that is sold and what spending costs: one versioned document. */
const fields = z.strictObject({
  version: z.int().min(1),
  name: text(100),
  /** Credits for one unit of each operation; 0 is free. */
  operations: z.record(operationName, wholeNumber),
  /** Operations that are priced by the tokens that they used. */
  meteredOperations: z.array(operationName).max(100).default([]),
  /** Credits per 1,000 tokens of each tier of models. */
  tokenTiers: z.record(
    slug,
    z.strictObject({ inputCreditsPer1kTokens: wholeNumber, outputCreditsPer1kTokens: wholeNumber }),
  ),
  /** Tier of each model. */
  models: z.record(modelName, slug),
  packs: z.array(packSchema).max(100),
  plans: z.array(planSchema).max(100),
  checkin: checkinSchema,
  /** Buying credits for an amount of one's own choice: the least amount, and credits for one dollar, euro or pound. */
  topUp: z.strictObject({
    minimumAmountsMinor: pricesSchema,
    creditsPerMajorUnit: z.partialRecord(currencySchema, z.int().min(1).max(MAX_CREDITS_PER_MAJOR_UNIT)),
  }),
  /** Requests per minute and account: with API keys, and by the owner (as much again with management keys). */
  rateLimit: z.strictObject({
    requestsPerMinute: z.int().min(1).max(1_000_000),
    ownerRequestsPerMinute: z.int().min(1).max(1_000_000).default(600),
  }),
});

/** The parts that say what spending costs, and what an amount of one's own choice buys. */
export const catalogSectionsSchema = fields.pick({
  operations: true,
  meteredOperations: true,
  tokenTiers: true,
  models: true,
  topUp: true,
});

/** The same, checked as a whole: what is named has to exist, and what is sold has to have a price. */
export const catalogSchema = fields.superRefine(checkWhole);

/** A catalog that is to become the next version, which gives it its number. */
export const catalogDraftSchema = fields.omit({ version: true }).superRefine(checkWhole);
export type CatalogDraft = z.output<typeof catalogDraftSchema>;

function checkWhole(catalog: CatalogDraft, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [model, tier] of Object.entries(catalog.models)) {
    if (!Object.hasOwn(catalog.tokenTiers, tier)) refuse(['models', model], 'must be a tier of the catalog');
  }
  for (const operation of catalog.meteredOperations) {
    if (Object.hasOwn(catalog.operations, operation))
      refuse(['meteredOperations'], `must not name ${operation}, which has a price of its own`);
  }
  for (const [index, pack] of catalog.packs.entries()) {
    if (Object.keys(pack.unitAmountsMinor).length === 0) refuse(['packs', index], 'must have a price');
    if (catalog.packs.findIndex(({ key }) => key === pack.key) !== index)
      refuse(['packs', index, 'key'], 'must not stand twice');
  }
  for (const currency of CURRENCIES) {
    const { minimumAmountsMinor, creditsPerMajorUnit } = catalog.topUp;
    if (Object.hasOwn(minimumAmountsMinor, currency) === Object.hasOwn(creditsPerMajorUnit, currency)) continue;
    refuse(['topUp'], `must have both a minimum and a rate for ${currency}`);
  }
  for (const [index, plan] of catalog.plans.entries()) {
    if (catalog.plans.findIndex(({ slug }) => slug === plan.slug) !== index)
      refuse(['plans', index, 'slug'], 'must not stand twice');
  }
  refuseSharedProducts(catalog, refuse);
}

/** A product that stood twice would not say what was bought with it. */
function refuseSharedProducts({ packs, plans }: CatalogDraft, refuse: (path: string[], message: string) => void): void {
  const packIds = packs.map((pack) => pack.creemProductId);
  const planIds = plans.flatMap((plan) => [plan.creemProductId, plan.creemYearlyProductId]);
  const ids = [...packIds, ...planIds].filter((id) => typeof id === 'string');
  const shared = ids.find((id, index) => ids.indexOf(id) !== index);
  if (shared) refuse(['creemProductId'], `must not name ${shared} twice`);
}

export type Catalog = z.infer<typeof catalogSchema>;
export type Pack = Catalog['packs'][number];
export type Plan = Catalog['plans'][number];
export type Prices = Pack['unitAmountsMinor'];

/** Which product a thing is, at each provider that sells products of its own; none where it isn't sold. */
export type ProductIds = Readonly<Partial<Record<ProviderName, string | null | undefined>>>;

export function productIdsOfPack({ creemProductId }: Pack): ProductIds {
  return { creem: creemProductId };
}

export function productIdsOfPlan({ creemProductId, creemYearlyProductId }: Plan, isYearly: boolean): ProductIds {
  return { creem: isYearly ? creemYearlyProductId : creemProductId };
}
