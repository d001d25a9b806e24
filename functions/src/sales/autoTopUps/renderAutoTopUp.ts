import type { IsoTime } from '@cloud-bridge/base';
import type * as z from 'zod';
import type { Catalog } from '../../catalog/catalog.ts';
import { renderPrice } from '../../catalog/money.ts';
import { type AutoTopUp, fitsCap, monthOf, spentInMonth } from './autoTopUp.ts';
import type { autoTopUpSchema } from './autoTopUps.schemas.ts';
import { purchaseOf } from './purchaseOf.ts';

type Rendered = z.input<typeof autoTopUpSchema>;

const NEVER_SET_UP: Rendered = {
  status: 'off',
  enabled: false,
  thresholdCredits: null,
  pack: null,
  price: null,
  credits: null,
  monthlyCap: null,
  spentThisMonth: null,
  orderInFlight: null,
  pause: null,
};

/** Renders automatic top-up for the account's owner. */
export function renderAutoTopUp(autoTopUp: AutoTopUp | null, catalog: Catalog, now: IsoTime): Rendered {
  if (!autoTopUp) return NEVER_SET_UP;
  const { enabled, thresholdCredits, product, currency, monthlyCapMinor, inFlight, pause } = autoTopUp;
  const purchase = purchaseOf(catalog, autoTopUp);
  return {
    status: statusOf(autoTopUp, purchase?.unitAmountMinor ?? 0, now),
    enabled,
    thresholdCredits,
    pack: product.type === 'pack' ? product.key : null,
    price: purchase && renderPrice(purchase.unitAmountMinor, currency),
    credits: purchase?.credits ?? null,
    monthlyCap: renderPrice(monthlyCapMinor, currency),
    spentThisMonth: renderPrice(spentInMonth(autoTopUp, monthOf(now)), currency),
    orderInFlight: inFlight?.orderId ?? null,
    pause: pause && { ...pause },
  };
}

function statusOf(autoTopUp: AutoTopUp, unitAmountMinor: number, now: IsoTime): Rendered['status'] {
  if (!autoTopUp.enabled) return 'off';
  if (autoTopUp.pause) return 'paused';
  return fitsCap(autoTopUp, unitAmountMinor, now) ? 'active' : 'capped';
}
