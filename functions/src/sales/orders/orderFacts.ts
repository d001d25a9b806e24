import { ACCOUNT_ID } from '@cloud-bridge/base';
import * as z from 'zod';
import { PROVIDERS } from '../../access/accounts/providerName.ts';
import { CURRENCIES } from '../../catalog/currency.ts';
import { PLAN_INTERVALS, type PlanOffer } from '../../catalog/planOffer.ts';
import { orderNotRebuilt } from '../seals/seals.errors.ts';
import type { ProviderMetadata, Seals } from '../seals/seals.ts';
import { isCardOrder, isInvoiceOrder, isOrderId, isPageOrder, type ProviderOrder } from './order.ts';

const credits = z.int().min(0);
const minor = z.int().min(0);
const currency = z.enum(CURRENCIES);

const offerSchema = z.strictObject({
  planSlug: z.string(),
  planName: z.string(),
  interval: z.enum(PLAN_INTERVALS),
  termDays: z.int().nullable(),
  credits,
  unitAmountsMinor: z.partialRecord(currency, minor),
  currency,
  unitAmountMinor: minor,
});

const common = {
  id: z.string().refine(isOrderId),
  accountId: z.string().regex(ACCOUNT_ID),
  walletId: z.string(),
  provider: z.enum(PROVIDERS),
  productName: z.string(),
  customerId: z.string().nullable(),
  credits,
  unitAmountMinor: minor,
  currency,
  createdAt: z.iso.datetime(),
  requestHash: z.string(),
  providerProductId: z.string().optional(),
  daysUntilDue: z.int().optional(),
  paymentMethodId: z.string().optional(),
  discount: z.strictObject({ couponCode: z.string(), amountMinor: minor, promotionCodeId: z.string() }).optional(),
  /** The plan's offer at the time of the order; only for the order of a plan's subscription. */
  offer: offerSchema.optional(),
};

const pack = { ...common, kind: z.literal('pack'), productKey: z.string() };
const topUp = { ...common, kind: z.literal('topup'), productKey: z.null() };
const plan = { ...common, kind: z.literal('plan'), productKey: z.string() };
const invoiced = { ...common, kind: z.literal('invoice'), productKey: z.string().nullable() };
const onPage = { method: z.literal('checkout') };
const byCard = { method: z.enum(['direct', 'automatic']), paymentMethodId: z.string() };

const factsSchema = z.union([
  z.strictObject({ ...pack, ...onPage }),
  z.strictObject({ ...topUp, ...onPage }),
  z.strictObject({ ...plan, ...onPage }),
  z.strictObject({ ...pack, ...byCard }),
  z.strictObject({ ...topUp, ...byCard }),
  z.strictObject({ ...plan, method: z.enum(['direct', 'automatic']) }),
  z.strictObject({ ...invoiced, method: z.literal('invoice'), daysUntilDue: z.int() }),
]);

/** The facts from which an order, and a plan's subscription, can be rebuilt after a loss of data. */
export type OrderFacts = z.output<typeof factsSchema>;

/**
 * Returns an order's facts as signed metadata for the provider's checkout, payment, invoice or subscription. Equal on
 * every call while the first deployment key stays the same.
 * @param offer the plan's offer, for the order of a plan
 */
export function sealOrder(seals: Seals, order: ProviderOrder, offer?: PlanOffer): Readonly<Record<string, string>> {
  const { discount } = order;
  const facts = {
    id: order.id,
    accountId: order.accountId,
    walletId: order.walletId,
    provider: order.provider,
    kind: order.kind,
    method: order.method,
    productKey: order.productKey,
    productName: order.productName,
    customerId: order.customerId,
    credits: order.credits,
    unitAmountMinor: order.unitAmountMinor,
    currency: order.currency,
    createdAt: order.createdAt,
    requestHash: order.requestHash,
    ...(isPageOrder(order) && order.providerProductId !== undefined && { providerProductId: order.providerProductId }),
    ...(isInvoiceOrder(order) && { daysUntilDue: order.daysUntilDue }),
    ...(isCardOrder(order) && { paymentMethodId: order.direct.paymentMethodId }),
    ...(discount && {
      discount: {
        couponCode: discount.couponCode,
        amountMinor: discount.amountMinor,
        promotionCodeId: discount.promotionCodeId,
      },
    }),
    ...(offer && { offer }),
  };
  return seals.seal(facts);
}

/**
 * Reads the facts that this deployment has put into metadata; returns null for metadata of other systems.
 * @throws ORDER_NOT_REBUILT for metadata that names this deployment but has a wrong signature or lacks a fact
 */
export function readOrderFacts(seals: Seals, metadata: ProviderMetadata): OrderFacts | null {
  const opened = seals.open(metadata);
  if (opened === null) return null;
  const { data } = factsSchema.safeParse(opened);
  if (!data) throw orderNotRebuilt('its metadata lacks facts that an order needs');
  return data;
}
