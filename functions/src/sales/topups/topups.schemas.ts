import * as z from 'zod';
import { majorAmountSchema, priceSchema } from '../../catalog/money.ts';
import { idSchema, text } from '../../platform/http/schemas.ts';
import { paymentAddressSchema } from '../deposits/deposits.schemas.ts';
import { ORDER_STATUSES } from '../orders/order.ts';

/** Payment methods of a top-up, as requests name them. */
export const TOP_UP_METHOD = { page: 'stripe', savedCard: 'stripe_direct', deposit: 'usdc' } as const;

/** Request fields that are only allowed with one method. */
const FIELDS_OF_METHODS = {
  [TOP_UP_METHOD.page]: ['successUrl', 'cancelUrl'],
  [TOP_UP_METHOD.savedCard]: ['paymentMethodId'],
  [TOP_UP_METHOD.deposit]: [],
} as const;

const redirectUrl = text(4_000)
  .optional()
  .meta({ description: 'Only with `stripe`; must be on one of the allowed origins.' });

export const createTopUpSchema = z
  .strictObject({
    amount: majorAmountSchema,
    currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
    method: z.enum(Object.values(TOP_UP_METHOD)).meta({
      description: "`stripe`: on Stripe's page; `stripe_direct`: with a saved card at once; `usdc`: with USDC on Base.",
    }),
    paymentMethodId: idSchema
      .optional()
      .meta({ description: 'Only with `stripe_direct`; defaults to the default card.' }),
    successUrl: redirectUrl,
    cancelUrl: redirectUrl,
  })
  .superRefine(({ method, ...fields }, context) => {
    const own: readonly string[] = FIELDS_OF_METHODS[method];
    for (const field of Object.values(FIELDS_OF_METHODS).flat()) {
      if (own.includes(field) || fields[field] === undefined) continue;
      context.addIssue({ code: 'custom', path: [field], message: `does not go with method: ${method}` });
    }
    if (method === TOP_UP_METHOD.deposit && fields.currency !== 'usd') {
      context.addIssue({ code: 'custom', path: ['currency'], message: `must be usd with method: ${method}` });
    }
  });
export type CreateTopUpRequest = z.output<typeof createTopUpSchema>;
/** A request for a top-up whose order is placed before the money arrives. */
export type OrderedTopUpRequest = CreateTopUpRequest & {
  readonly method: Exclude<CreateTopUpRequest['method'], typeof TOP_UP_METHOD.deposit>;
};

export const topUpSchema = z
  .object({
    orderId: z.string(),
    status: z.enum(ORDER_STATUSES).meta({ description: '`pending` until the payment has arrived.' }),
    credits: z.int(),
    price: priceSchema,
    url: z
      .string()
      .nullable()
      .meta({ description: 'The payment page to send the customer to; null unless the method is `stripe`.' }),
    sessionUrl: z.string().nullable().meta({ description: 'The same as `url`.' }),
    sessionId: z.string().nullable(),
    paymentId: z.string().nullable(),
    transactionId: z
      .string()
      .nullable()
      .meta({ description: 'The ledger entry that added the credits; null until then.' }),
  })
  .meta({ id: 'TopUp' });

export const usdcTopUpSchema = paymentAddressSchema
  .extend({ amount: z.number().meta({ description: 'The amount to send, in USDC.', example: 50 }) })
  .meta({ id: 'UsdcTopUp' });
