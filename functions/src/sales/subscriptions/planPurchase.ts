import type { PlanOffer } from '../../catalog/planOffer.ts';
import type { PlanProduct, Sale } from '../orders/order.ts';

/** The product and the price of an order for one period of a plan. */
type PlanPurchase = PlanProduct & Sale;

/** Returns the fields of an order for one period of a plan. */
export function planPurchase(
  offer: Pick<PlanOffer, 'planSlug' | 'planName' | 'credits' | 'unitAmountMinor' | 'currency'>,
): PlanPurchase {
  const { planSlug, planName, credits, unitAmountMinor, currency } = offer;
  return {
    kind: 'plan',
    productKey: planSlug,
    productName: `${planName} plan`,
    credits,
    unitAmountMinor,
    currency,
  };
}
