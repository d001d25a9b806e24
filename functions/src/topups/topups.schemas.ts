import * as z from 'zod';
import { idSchema, text } from '../http/schemas.ts';
import { ORDER_STATUSES } from '../orders/order.ts';
import { majorAmountSchema, priceSchema } from '../shared/money.ts';

const TOP_UP_METHODS = ['stripe', 'stripe_direct'] as const;

const redirectUrl = text(4_000).optional().meta({ description: 'With `stripe`; on one of the allowed origins.' });

export const createTopUpSchema = z
  .strictObject({
    amount: majorAmountSchema,
    currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
    method: z
      .enum(TOP_UP_METHODS)
      .meta({ description: "`stripe`: Stripe's page; `stripe_direct`: a saved card, at once." }),
    paymentMethodId: idSchema.optional().meta({ description: 'With `stripe_direct`; the default one unless given.' }),
    successUrl: redirectUrl,
    cancelUrl: redirectUrl,
  })
  .superRefine(({ method, ...fields }, context) => {
    const foreign = method === 'stripe' ? (['paymentMethodId'] as const) : (['successUrl', 'cancelUrl'] as const);
    for (const field of foreign) {
      if (fields[field] === undefined) continue;
      context.addIssue({ code: 'custom', path: [field], message: `does not go with method: ${method}` });
    }
  });
export type CreateTopUpRequest = z.output<typeof createTopUpSchema>;

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
