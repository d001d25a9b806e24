import type { Catalog, Pack, Plan } from './catalog.ts';

export const BUILT_IN_CATALOG_NAMES = ['cloud-bridge', 'passthrough'] as const;
export type BuiltInCatalogName = (typeof BUILT_IN_CATALOG_NAMES)[number];

const PACK_NOTE = 'Credits do not expire.';

/** Packs with fixed prices. A bigger pack has a lower price per credit, in every currency. */
const CLOUD_BRIDGE_PACKS: Pack[] = [
  pack('starter', 'Starter', 100, { usd: 999, eur: 949, gbp: 849 }),
  pack('growth', 'Growth', 300, { usd: 2499, eur: 2399, gbp: 2099 }),
  pack('scale', 'Scale', 700, { usd: 4999, eur: 4799, gbp: 4199 }),
  pack('business', 'Business', 1_600, { usd: 9999, eur: 9499, gbp: 8499 }),
  pack('enterprise', 'Enterprise', 3_600, { usd: 19999, eur: 18999, gbp: 16999 }),
];

function pack(key: string, name: string, credits: number, unitAmountsMinor: Pack['unitAmountsMinor']): Pack {
  return { key, name, credits, unitAmountsMinor, note: PACK_NOTE };
}

const PLANS: Plan[] = [
  {
    slug: 'standard',
    name: 'Standard',
    description: 'For one project in production.',
    credits: 300,
    billing: { type: 'fixed_term', termDays: 30, unitAmountsMinor: { usd: 1999, eur: 1899, gbp: 1699 } },
    features: ['300 credits for 30 days', 'Ends by itself, no renewal'],
  },
  {
    slug: 'pro',
    name: 'Pro',
    description: 'For several projects in production.',
    credits: 1_000,
    billing: { type: 'fixed_term', termDays: 30, unitAmountsMinor: { usd: 4999, eur: 4799, gbp: 4199 } },
    features: ['1,000 credits for 30 days', 'Ends by itself, no renewal'],
  },
  {
    slug: 'team',
    name: 'Team',
    description: 'For teams that need credits every month.',
    credits: 2_500,
    billing: {
      type: 'renewing',
      monthlyUnitAmountsMinor: { usd: 9900, eur: 9400, gbp: 8400 },
      yearlyUnitAmountsMinor: { usd: 99000, eur: 94000, gbp: 84000 },
    },
    features: ['2,500 credits a month', 'Renews monthly or yearly'],
  },
];

/** Prices of the three tiers of models, in credits per 1,000 input and output tokens. */
const TOKEN_TIERS: Catalog['tokenTiers'] = {
  core: { inputCreditsPer1kTokens: 1, outputCreditsPer1kTokens: 2 },
  pro: { inputCreditsPer1kTokens: 3, outputCreditsPer1kTokens: 6 },
  ultra: { inputCreditsPer1kTokens: 8, outputCreditsPer1kTokens: 16 },
};

const MODELS: Catalog['models'] = {
  'gpt-4o-mini': 'core',
  'deepseek-chat': 'core',
  'gemini-flash': 'core',
  'gemini-2.5-flash': 'pro',
  'gpt-4.1-mini': 'pro',
  'deepseek-r1': 'pro',
  'claude-sonnet': 'ultra',
  'gpt-4.1': 'ultra',
  'claude-opus': 'ultra',
};

const CLOUD_BRIDGE: Catalog = {
  version: 1,
  name: 'cloud-bridge',
  operations: { login: 0, follow: 3, unfollow: 3, profileCheck: 0, presetShare: 10, presetList: 0, captureShare: 10 },
  meteredOperations: ['completion'],
  tokenTiers: TOKEN_TIERS,
  models: MODELS,
  packs: CLOUD_BRIDGE_PACKS,
  plans: PLANS,
  checkin: {
    rewardsCredits: [1, 1, 2, 2, 3, 3, 5],
    creditsExpireAfterDays: 30,
    requiresPurchase: false,
    requiresVerifiedEmail: true,
  },
  topUp: {
    minimumAmountsMinor: { usd: 1_000, eur: 1_000, gbp: 1_000 },
    creditsPerMajorUnit: { usd: 10, eur: 10, gbp: 12 },
  },
  rateLimit: { requestsPerMinute: 100, ownerRequestsPerMinute: 600 },
};

/** The fee on a passthrough purchase, in hundredths of a percent. */
const PASSTHROUGH_FEE_BASIS_POINTS = 500;
const PASSTHROUGH_CREDITS_PER_CENT = 1_000;

/**
 * Returns the credits of a passthrough purchase: 100,000 credits per dollar of the price less 5 %.
 * @param unitAmountMinor price in US cents
 */
function passthroughCredits(unitAmountMinor: number): number {
  const keptBasisPoints = 10_000 - PASSTHROUGH_FEE_BASIS_POINTS;
  return Math.floor((unitAmountMinor * PASSTHROUGH_CREDITS_PER_CENT * keptBasisPoints) / 10_000);
}

function passthroughPack(key: string, name: string, usd: number): Pack {
  return { key, name, credits: passthroughCredits(usd), unitAmountsMinor: { usd }, note: '5% fee applied' };
}

const PASSTHROUGH: Catalog = {
  ...CLOUD_BRIDGE,
  name: 'passthrough',
  packs: [
    passthroughPack('starter', 'API Starter', 999),
    passthroughPack('growth', 'API Growth', 2499),
    passthroughPack('scale', 'API Scale', 4999),
    passthroughPack('business', 'API Business', 9999),
    passthroughPack('enterprise', 'API Enterprise', 19999),
  ],
  topUp: { minimumAmountsMinor: { usd: 1_000 }, creditsPerMajorUnit: { usd: passthroughCredits(100) } },
};

/** The catalogs that ship with the code. A catalog that an operator saves in Firestore replaces them. */
export const BUILT_IN_CATALOGS: Readonly<Record<BuiltInCatalogName, Catalog>> = {
  'cloud-bridge': CLOUD_BRIDGE,
  passthrough: PASSTHROUGH,
};
