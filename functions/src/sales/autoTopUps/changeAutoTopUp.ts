import { invalidField } from '@cloud-bridge/base';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Currency } from '../../catalog/currency.ts';
import { minorUnitsOf, renderPrice } from '../../catalog/money.ts';
import { topUpOf } from '../../catalog/topUp.ts';
import { packPurchase } from '../packs/packPurchase.ts';
import { listPaymentMethods } from '../paymentMethods/changePaymentMethods.ts';
import { paymentMethodRequired } from '../topups/topups.errors.ts';
import { type AutoTopUp, type AutoTopUpRule, switchedOff, switchedOn } from './autoTopUp.ts';
import type { ChangeAutoTopUpRequest } from './autoTopUps.schemas.ts';
import type { AutoTopUpsNeeds } from './needs.ts';

/**
 * Switches automatic top-up on with a rule, or off. Switching it on ends a pause, and buys at once if the balance is
 * low. Returns null when an account switches off an automatic top-up that it never had.
 * @throws INVALID_REQUEST, UNKNOWN_PACK, UNKNOWN_CURRENCY, AMOUNT_TOO_SMALL, CREEM_PRODUCT_MISSING,
 *   PAYMENT_METHOD_REQUIRED, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function changeAutoTopUp(
  deps: AutoTopUpsNeeds,
  accountId: string,
  request: ChangeAutoTopUpRequest,
): Promise<AutoTopUp | null> {
  const now = deps.clock();
  if (!request.enabled) {
    return deps.autoTopUps.change(accountId, (before) => (before?.enabled ? switchedOff(before, now) : before));
  }
  const rule = ruleOf(await deps.catalog.current(), request);
  if ((await listPaymentMethods(deps, accountId)).length === 0) throw paymentMethodRequired();
  return deps.autoTopUps.change(accountId, (before) => switchedOn(before, accountId, rule, now));
}

function ruleOf(catalog: Catalog, request: ChangeAutoTopUpRequest): AutoTopUpRule {
  const { thresholdCredits = 0, pack, amount = 0, monthlyCap = 0, currency = 'usd' } = request;
  const bought = pack === undefined ? topUpOf(catalog, amount, currency) : packPurchase(catalog, pack, currency);
  const { unitAmountMinor } = bought;
  return {
    thresholdCredits,
    product: pack === undefined ? { type: 'amount', unitAmountMinor } : { type: 'pack', key: pack },
    currency: bought.currency,
    monthlyCapMinor: capOf(monthlyCap, unitAmountMinor, bought.currency),
  };
}

/**
 * Returns the monthly cap in minor units. Refuses a cap below the price, with which the rule would never buy anything.
 */
function capOf(monthlyCap: number, unitAmountMinor: number, currency: Currency): number {
  const capMinor = minorUnitsOf(monthlyCap) ?? 0;
  if (capMinor >= unitAmountMinor) return capMinor;
  throw invalidField('monthlyCap', `must be at least ${renderPrice(unitAmountMinor, currency).formatted}, the price`);
}
