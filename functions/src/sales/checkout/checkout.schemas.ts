import * as z from 'zod';
import { CAPABILITIES, DEFAULT_PROVIDER, PROVIDERS, providersThat } from '../../access/accounts/providerName.ts';
import { text } from '../../platform/http/schemas.ts';
import { couponCodeSchema } from '../coupons/coupons.schemas.ts';
import { planFields } from '../subscriptions/subscriptions.schemas.ts';

export const createCheckoutSchema = z
  .strictObject({
    pack: z.string().min(1).max(40).optional().meta({ example: 'growth', description: 'A credit pack; or planSlug.' }),
    planSlug: planFields.planSlug.optional().meta({ description: 'A plan instead of a pack.' }),
    interval: planFields.interval,
    currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
    couponCode: couponCodeSchema.optional(),
    provider: z
      .enum(PROVIDERS)
      .default(DEFAULT_PROVIDER)
      .meta({ description: 'Creem sells what has a product there.' }),
    successUrl: text(4_000).optional().meta({ description: 'On one of the allowed origins.' }),
    cancelUrl: text(4_000)
      .optional()
      .meta({ description: 'On one of the allowed origins. Creem has no way back, so that nobody is sent there.' }),
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
    url: z.string().meta({ description: 'Send the customer here to pay.' }),
    sessionUrl: z.string().meta({ description: 'The same as `url`.' }),
    sessionId: z.string(),
    orderId: z.string(),
  })
  .meta({ id: 'Checkout' });
