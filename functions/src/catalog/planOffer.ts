import { assertNonNegative, invalidField } from '@cloud-bridge/base';
import type { ProviderName } from '../access/accounts/providerName.ts';
import { refusedField } from '../platform/errors/refusal.ts';
import { type Catalog, type Plan, type Prices, type ProductIds, productIdsOfPlan } from './catalog.ts';
import { CURRENCIES, type Currency } from './currency.ts';

/** The period that a payment covers: a fixed term, or a month or year that renews. */
export const PLAN_INTERVALS = ['term', 'month', 'year'] as const;
type PlanInterval = (typeof PLAN_INTERVALS)[number];

/** A period of a plan, as sold: later changes of the catalog don't change it. */
export interface PlanPeriod {
  readonly planSlug: string;
  readonly planName: string;
  readonly interval: PlanInterval;
  /** Days of a fixed term; null for a renewing period. */
  readonly termDays: number | null;
  /** Credits for the whole period: for a year, twelve times those of a month. */
  readonly credits: number;
}

/** A period with its price. */
export interface PlanOffer extends PlanPeriod {
  /** The price in each currency in which the plan is sold. */
  readonly unitAmountsMinor: Prices;
  readonly currency: Currency;
  readonly unitAmountMinor: number;
}

/** A request for a plan. */
export interface PlanRequest {
  readonly planSlug: string;
  readonly interval?: 'month' | 'year' | undefined;
  readonly currency: string;
}

const MONTHS_OF_YEAR = 12;

/**
 * Returns the offer for a request. A renewing plan is offered by the month unless the request says otherwise. Pure.
 * @throws UNKNOWN_PLAN, UNKNOWN_CURRENCY, or INVALID_REQUEST for an interval that the plan doesn't have
 */
export function offerOf(catalog: Pick<Catalog, 'plans'>, request: PlanRequest): PlanOffer {
  const plan = catalog.plans.find(({ slug }) => slug === request.planSlug);
  if (!plan) {
    const known = catalog.plans.map(({ slug }) => slug).join(', ');
    throw refusedField('UNKNOWN_PLAN', 'planSlug', `must be one of ${known}`);
  }
  const { prices, ...period } = periodOf(plan, request.interval);
  const sold = CURRENCIES.filter((currency) => prices[currency] !== undefined);
  const currency = sold.find((candidate) => candidate === request.currency);
  if (!currency) throw refusedField('UNKNOWN_CURRENCY', 'currency', `must be one of ${sold.join(', ')}`);
  const common = { planSlug: plan.slug, planName: plan.name, unitAmountsMinor: prices, currency };
  return { ...common, ...period, unitAmountMinor: prices[currency] as number };
}

type Period = Pick<PlanPeriod, 'interval' | 'termDays' | 'credits'> & { readonly prices: Prices };

function periodOf({ billing, credits }: Plan, interval: 'month' | 'year' | undefined): Period {
  if (billing.type === 'fixed_term') {
    if (interval) throw invalidField('interval', 'does not go with a plan that does not renew');
    return { interval: 'term', termDays: billing.termDays, credits, prices: billing.unitAmountsMinor };
  }
  if (interval !== 'year')
    return { interval: 'month', termDays: null, credits, prices: billing.monthlyUnitAmountsMinor };
  const yearly = assertNonNegative(credits * MONTHS_OF_YEAR, 'credits of a year');
  return { interval, termDays: null, credits: yearly, prices: billing.yearlyUnitAmountsMinor };
}

/** Returns the ids of an offer's products at providers that sell their own products. Pure. */
export function productIdsOf(
  { plans }: Pick<Catalog, 'plans'>,
  { planSlug, interval }: Pick<PlanOffer, 'planSlug' | 'interval'>,
): ProductIds {
  const plan = plans.find(({ slug }) => slug === planSlug);
  return plan ? productIdsOfPlan(plan, interval === 'year') : {};
}

/**
 * Returns the period that a provider's product stands for; null if the product isn't a plan of the catalog. Pure.
 * @throws INVALID_REQUEST
 */
export function periodOfProduct(
  { plans }: Pick<Catalog, 'plans'>,
  provider: ProviderName,
  productId: string,
): PlanPeriod | null {
  const isYearly = plans.some((plan) => productIdsOfPlan(plan, true)[provider] === productId);
  const plan = plans.find((each) => productIdsOfPlan(each, isYearly)[provider] === productId);
  if (!plan) return null;
  const { interval, termDays, credits } = periodOf(plan, isYearly ? 'year' : undefined);
  return { planSlug: plan.slug, planName: plan.name, interval, termDays, credits };
}
