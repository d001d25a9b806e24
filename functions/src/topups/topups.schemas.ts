import * as z from 'zod';
import { paymentAddressSchema } from '../deposits/deposits.schemas.ts';
import { idSchema, text } from '../http/schemas.ts';
import { ORDER_STATUSES } from '../orders/order.ts';
import { majorAmountSchema, priceSchema, renderPrice } from '../shared/money.ts';
import type { AnyTopUp } from './topUpBy.ts';

const TOP_UP_METHODS = ['stripe', 'stripe_direct', 'usdc'] as const;

/** Fields that go with one method only. */
const FIELDS_OF_METHODS = {
  stripe: ['successUrl', 'cancelUrl'],
  stripe_direct: ['paymentMethodId'],
  usdc: [],
} as const satisfies Record<(typeof TOP_UP_METHODS)[number], readonly string[]>;

const redirectUrl = text(4_000).optional().meta({ description: 'With `stripe`; on one of the allowed origins.' });

export const createTopUpSchema = z
  .strictObject({
    amount: majorAmountSchema,
    currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
    method: z.enum(TOP_UP_METHODS).meta({
      description: "`stripe`: Stripe's page; `stripe_direct`: a saved card, at once; `usdc`: dollars as USDC on Base.",
    }),
    paymentMethodId: idSchema.optional().meta({ description: 'With `stripe_direct`; the default one unless given.' }),
    successUrl: redirectUrl,
    cancelUrl: redirectUrl,
  })
  .superRefine(({ method, ...fields }, context) => {
    const own: readonly string[] = FIELDS_OF_METHODS[method];
    for (const field of Object.values(FIELDS_OF_METHODS).flat()) {
      if (own.includes(field) || fields[field] === undefined) continue;
      context.addIssue({ code: 'custom', path: [field], message: `does not go with method: ${method}` });
    }
    if (method === 'usdc' && fields.currency !== 'usd') {
      context.addIssue({ code: 'custom', path: ['currency'], message: 'must be usd with method: usdc' });
    }
  });
export type CreateTopUpRequest = z.output<typeof createTopUpSchema>;
export type StripeTopUpRequest = CreateTopUpRequest & { readonly method: 'stripe' | 'stripe_direct' };

export const topUpSchema = z
  .object({
    orderId: z.string(),
    status: z.enum(ORDER_STATUSES).meta({ description: '`pending` until the money is there.' }),
    credits: z.int(),
    price: priceSchema,
    url: z.string().nullable().meta({ description: 'With `stripe`: send the customer here to pay.' }),
    sessionUrl: z.string().nullable().meta({ description: 'The same as `url`.' }),
    sessionId: z.string().nullable(),
    paymentId: z.string().nullable(),
    transactionId: z.string().nullable().meta({ description: 'The ledger entry that credited it.' }),
  })
  .meta({ id: 'TopUp' });

export const usdcTopUpSchema = paymentAddressSchema
  .extend({ amount: z.number().meta({ description: 'What to send, in USDC.', example: 50 }) })
  .meta({ id: 'UsdcTopUp' });

export function renderTopUp(topUp: AnyTopUp): z.input<typeof topUpSchema> | z.input<typeof usdcTopUpSchema> {
  if (topUp.order === null) return { address: topUp.address, chain: topUp.chain, amount: topUp.amount };
  const { order, checkout } = topUp;
  const { id: orderId, status, credits, unitAmountMinor, currency, paymentId, entryId: transactionId } = order;
  const price = renderPrice(unitAmountMinor, currency);
  const url = checkout?.url ?? null;
  const sessionId = checkout?.sessionId ?? null;
  return { orderId, status, credits, price, url, sessionUrl: url, sessionId, paymentId, transactionId };
}
