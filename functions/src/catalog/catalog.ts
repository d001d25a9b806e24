import * as z from 'zod';
import type { ProviderName } from '../access/accounts/providerName.ts';
import { storedText as text } from '../platform/http/schemas.ts';
import { CURRENCIES, currencySchema } from './currency.ts';

/** A price or an amount of credits: a safe integer that is not negative. */
const wholeNumber = z.int().min(0);
/** Credits of one sale or grant: twelve times this, and the sum of many, is still a safe integer. */
const MAX_CREDITS = 1_000_000_000;
const credits = z.int().min(1).max(MAX_CREDITS);
/** Stripe's limit of a charge: eight digits (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const MAX_AMOUNT_MINOR = 99_999_999;
/** The highest rate at which the largest top-up, a billion dollars of USDC, is still a safe integer of credits. */
const MAX_CREDITS_PER_MAJOR_UNIT = 1_000_000;
/** Stripe's limit of a billing period: three years. */
const MAX_TERM_DAYS = 1_095;

/** A price for each currency in which a product is sold, in the smallest unit of the currency (cents, pence). */
const pricesSchema = z.partialRecord(currencySchema, z.int().min(1).max(MAX_AMOUNT_MINOR));

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  message: 'must be 1 to 40 lower-case letters, digits and dashes, beginning with a letter',
});
/** A model's name as given by its maker; excludes names that Firestore reserves. */
const modelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99}$/, {
  message: 'must be 1 to 100 letters, digits and ._:/@+-, beginning with a letter or digit',
});
/** The product of a pack or plan at Creem, which sells its own products. Without one, Creem doesn't sell it. */
const creemProductId = z
  .string()
  .regex(/^prod_\w{1,100}$/, { message: 'must be the id of a product at Creem, prod_…' })
  .nullable()
  .optional()
  .meta({
    example: 'prod_6tW66i0oZM7w1qXReHJrwg',
    description: 'The id of the product at Creem; without one, Creem does not sell the pack or plan.',
  });

const operationName = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, {
  message: 'must be 1 to 40 letters and digits, beginning with a lower-case letter',
});

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
  /** A fixed term, or a period that renews. */
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
  creemProductId: creemProductId.meta({
    description: 'The id of the product at Creem; for a renewing plan, of the monthly product.',
  }),
  creemYearlyProductId: creemProductId.meta({ description: 'The id of the yearly product at Creem.' }),
});

export const checkinSchema = z.strictObject({
  /** Credits for checking in on the first, second, … day in a row; the last figure applies to all later days. */
  rewardsCredits: z.array(wholeNumber.max(MAX_CREDITS)).min(1).max(366),
  /** Days after which the credits expire; null if never. */
  creditsExpireAfterDays: z.int().min(1).max(3_650).nullable().default(30),
  /** Limits the credits to accounts with a purchase, against people who open many accounts. */
  requiresPurchase: z.boolean().default(false),
  /** Limits the credits to owners with a verified email address, against people who open many accounts. */
  requiresVerifiedEmail: z.boolean().default(true),
});

/** The catalog: everything that is sold, and the prices of operations, in one versioned document. */
const fields = z.strictObject({
  version: z.int().min(1),
  name: text(100),
  /** Credits for one unit of each operation; 0 is free. */
  operations: z.record(operationName, wholeNumber),
  /** Operations that are priced by tokens. */
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
  /** Top-ups by an amount that the buyer chooses: minimum amounts, and credits per dollar, euro or pound. */
  topUp: z.strictObject({
    minimumAmountsMinor: pricesSchema,
    creditsPerMajorUnit: z.partialRecord(currencySchema, z.int().min(1).max(MAX_CREDITS_PER_MAJOR_UNIT)),
  }),
  /** Requests per minute and account: with API keys, and by the owner. Management keys have the owner's limit again. */
  rateLimit: z.strictObject({
    requestsPerMinute: z.int().min(1).max(1_000_000),
    ownerRequestsPerMinute: z.int().min(1).max(1_000_000).default(600),
  }),
});

/** The parts of the catalog with the prices of operations and tokens, and the rates of top-ups. */
export const catalogSectionsSchema = fields.pick({
  operations: true,
  meteredOperations: true,
  tokenTiers: true,
  models: true,
  topUp: true,
});

/** The catalog, checked as a whole: every name that it refers to exists, and everything sold has a price. */
export const catalogSchema = fields.superRefine(checkWhole);

/** A catalog without a version; saving it assigns the next version. */
export const catalogDraftSchema = fields.omit({ version: true }).superRefine(checkWhole);
export type CatalogDraft = z.output<typeof catalogDraftSchema>;

function checkWhole(catalog: CatalogDraft, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [model, tier] of Object.entries(catalog.models)) {
    if (!Object.hasOwn(catalog.tokenTiers, tier)) refuse(['models', model], 'must be a tier of the catalog');
  }
  for (const operation of catalog.meteredOperations) {
    if (Object.hasOwn(catalog.operations, operation))
      refuse(['meteredOperations'], `must not name ${operation}, which has a price in operations`);
  }
  for (const [index, pack] of catalog.packs.entries()) {
    if (Object.keys(pack.unitAmountsMinor).length === 0) refuse(['packs', index], 'must have a price');
    if (catalog.packs.findIndex(({ key }) => key === pack.key) !== index)
      refuse(['packs', index, 'key'], 'must be unique');
  }
  for (const currency of CURRENCIES) {
    const { minimumAmountsMinor, creditsPerMajorUnit } = catalog.topUp;
    if (Object.hasOwn(minimumAmountsMinor, currency) === Object.hasOwn(creditsPerMajorUnit, currency)) continue;
    refuse(['topUp'], `must have both a minimum and a rate for ${currency}`);
  }
  for (const [index, plan] of catalog.plans.entries()) {
    if (catalog.plans.findIndex(({ slug }) => slug === plan.slug) !== index)
      refuse(['plans', index, 'slug'], 'must be unique');
  }
  refuseSharedProducts(catalog, refuse);
}

/** Refuses a product named twice, because a payment for it wouldn't tell which pack or plan was bought. */
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

/** The id of a pack's or plan's product at each provider that sells its own products; missing if not sold there. */
export type ProductIds = Readonly<Partial<Record<ProviderName, string | null | undefined>>>;

export function productIdsOfPack({ creemProductId }: Pack): ProductIds {
  return { creem: creemProductId };
}

export function productIdsOfPlan({ creemProductId, creemYearlyProductId }: Plan, isYearly: boolean): ProductIds {
  return { creem: isYearly ? creemYearlyProductId : creemProductId };
}
