import * as z from 'zod';
import { CAPABILITIES, DEFAULT_PROVIDER, PROVIDERS, providersThat } from '../../access/accounts/providerName.ts';
import { text } from '../../platform/http/schemas.ts';
import { couponCodeSchema } from '../coupons/coupons.schemas.ts';
import { planFields } from '../subscriptions/subscriptions.schemas.ts';

export const createCheckoutSchema = z
  .strictObject({
    pack: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .meta({ example: 'growth', description: 'The key of a credit pack. Required unless `planSlug` is given.' }),
    planSlug: planFields.planSlug.optional().meta({ description: 'The slug of a plan, instead of a pack.' }),
    interval: planFields.interval,
    currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
    couponCode: couponCodeSchema.optional(),
    provider: z
      .enum(PROVIDERS)
      .default(DEFAULT_PROVIDER)
      .meta({ description: 'Creem sells only packs and plans that have a product at Creem.' }),
    successUrl: text(4_000).optional().meta({ description: 'Must be on one of the allowed origins.' }),
    cancelUrl: text(4_000)
      .optional()
      .meta({ description: 'Must be on one of the allowed origins. Creem’s page has no link back, and ignores it.' }),
  })
  .superRefine(({ pack, planSlug, interval, provider, couponCode }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (pack === undefined && planSlug === undefined) refuse('pack', 'is required unless planSlug is given');
    if (pack !== undefined && planSlug !== undefined) refuse('planSlug', 'does not go with pack');
    if (couponCode !== undefined && !CAPABILITIES[provider].takesDiscounts) {
      refuse('couponCode', `only goes with the provider ${providersThat('takesDiscounts').join(' or ')}`);
    }
    if (pack !== undefined && interval !== undefined) refuse('interval', 'does not go with pack');
  });
export type CreateCheckoutRequest = z.output<typeof createCheckoutSchema>;

export const checkoutSchema = z
  .object({
    url: z.string().meta({ description: 'The payment page; send the customer there.' }),
    sessionUrl: z.string().meta({ description: 'The same as `url`.' }),
    sessionId: z.string(),
    orderId: z.string(),
  })
  .meta({ id: 'Checkout' });
