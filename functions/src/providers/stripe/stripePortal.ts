import type { Logger } from '@cloud-bridge/base';
import type Stripe from 'stripe';
import type { CustomerPortal, PortalRequest } from '../../sales/payments/customerPortal.ts';
import { callStripe, isReplay, keyedFor } from './callStripe.ts';
import { StripePortalConfiguration } from './stripePortalConfiguration.ts';

/** Opens Stripe's page on which customers manage their cards, invoices and subscriptions. */
export class StripePortal implements CustomerPortal {
  readonly #client: () => Stripe;
  readonly #configuration: StripePortalConfiguration;

  constructor(client: () => Stripe, logger: Logger) {
    this.#client = client;
    this.#configuration = new StripePortalConfiguration(client, logger);
  }

  async open({ customerId, returnUrl, idempotencyKey }: PortalRequest): Promise<{ url: string; replayed: boolean }> {
    const open = (configuration: string) =>
      this.#client().billingPortal.sessions.create(
        { customer: customerId, return_url: returnUrl, configuration },
        keyedFor(idempotencyKey, customerId, configuration),
      );
    const session = await callStripe(() => this.#configuration.use(open));
    return { url: session.url, replayed: isReplay(session) };
  }
}
