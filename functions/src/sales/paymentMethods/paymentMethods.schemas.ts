import * as z from 'zod';
import { CAPABILITIES, DEFAULT_PROVIDER, PROVIDERS } from '../../access/accounts/providerName.ts';
import { text } from '../../platform/http/schemas.ts';

const redirectUrl = text(4_000).optional().meta({ description: 'A URL on one of the allowed origins.' });

export const setupCheckoutRequest = z.strictObject({ successUrl: redirectUrl, cancelUrl: redirectUrl });
export const portalRequest = z
  .strictObject({
    provider: z.enum(PROVIDERS).default(DEFAULT_PROVIDER),
    returnUrl: redirectUrl.meta({
      description: "A URL on one of the allowed origins. Not for Creem, whose page doesn't lead back.",
    }),
  })
  .superRefine(({ provider, returnUrl }, context) => {
    if (CAPABILITIES[provider].portalLeadsBack || returnUrl === undefined) return;
    context.addIssue({ code: 'custom', path: ['returnUrl'], message: `does not go with the provider ${provider}` });
  });

export const setupIntentSchema = z
  .object({ clientSecret: z.string().meta({ description: "The secret for Stripe's script on your own page." }) })
  .meta({ id: 'SetupIntent' });

export const setupCheckoutSchema = z
  .object({
    sessionUrl: z.string().meta({ description: 'Send the customer to this page to enter a card.' }),
    sessionId: z.string(),
  })
  .meta({ id: 'SetupCheckout' });

export const portalSchema = z
  .object({ url: z.string().meta({ description: 'Send the customer to this page; the link works for a short time.' }) })
  .meta({ id: 'Portal' });

export const paymentMethodSchema = z
  .object({
    id: z.string().meta({ example: 'pm_1PgafmB7WZ01zgkW' }),
    type: z.string().meta({ example: 'card' }),
    brand: z.string().nullable().meta({ example: 'visa' }),
    last4: z.string().nullable().meta({ example: '4242' }),
    expMonth: z.int().nullable(),
    expYear: z.int().nullable(),
    isDefault: z.boolean().meta({
      description: 'True for the method that is charged unless a request names another: the chosen or else the newest.',
    }),
  })
  .meta({ id: 'PaymentMethod' });
