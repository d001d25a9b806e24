import * as z from 'zod';
import { text } from '../http/schemas.ts';

export const createCheckoutSchema = z.strictObject({
  pack: z.string().min(1).max(40).meta({ example: 'growth' }),
  currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
  provider: z.enum(['stripe']).default('stripe'),
  successUrl: text(4_000).optional().meta({ description: 'On one of the allowed origins.' }),
  cancelUrl: text(4_000).optional().meta({ description: 'On one of the allowed origins.' }),
});
export type CreateCheckoutRequest = z.output<typeof createCheckoutSchema>;

export const checkoutSchema = z
  .object({
    url: z.string().meta({ description: 'Send the customer here to pay.' }),
    sessionUrl: z.string().meta({ description: 'The same as `url`.' }),
    sessionId: z.string(),
    orderId: z.string(),
  })
  .meta({ id: 'Checkout' });
