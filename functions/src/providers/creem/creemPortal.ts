import type { CustomerPortal, PortalRequest } from '../../sales/payments/customerPortal.ts';
import { emailNotVerified, providerLost } from '../../sales/payments/payments.errors.ts';
import { customerSchema, portalLinkSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';

/** Both questions are about a customer alone. */
const lost = (cause: Error) => providerLost('customer', cause);

/** Creem's page on which its customers look after their orders and subscriptions. */
export class CreemPortal implements CustomerPortal {
  readonly #client: CreemClient;

  constructor(client: CreemClient) {
    this.#client = client;
  }

  /** Creem's links are made anew each time, which changes nothing. The page goes by the customer's address. */
  async open({ customerId, verifiedEmail }: PortalRequest): Promise<{ url: string; replayed: boolean }> {
    const email = await verifiedEmail();
    if (email === null || email !== (await this.#emailOf(customerId))) throw emailNotVerified();
    const reading = { schema: portalLinkSchema, refused: lost };
    const link = await this.#client.post('/v1/customers/billing', { customer_id: customerId }, reading);
    return { url: link.customer_portal_link, replayed: false };
  }

  /** The email address by which Creem knows a customer, in lower case. */
  async #emailOf(customerId: string): Promise<string> {
    const reading = { schema: customerSchema, refused: lost };
    return (await this.#client.get('/v1/customers', { customer_id: customerId }, reading)).email.toLowerCase();
  }
}
