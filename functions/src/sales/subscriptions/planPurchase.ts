import type { PlanOffer } from '../../catalog/planOffer.ts';
import type { PlanProduct, Sale } from '../orders/order.ts';

/** What an order of a period of a plan is about. */
type PlanPurchase = PlanProduct & Sale;

/** A period of a plan at its price, as an order says it. Pure. */
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
