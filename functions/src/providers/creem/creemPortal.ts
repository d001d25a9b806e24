import type { CustomerPortal, PortalRequest } from '../../sales/payments/customerPortal.ts';
import { emailNotVerified, providerLost } from '../../sales/payments/payments.errors.ts';
import { customerSchema, portalLinkSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';

/** Makes the error for a refusal: both requests name only a customer, so the customer is missing. */
const lost = (cause: Error) => providerLost('customer', cause);

/** Opens Creem's page on which customers manage their orders and subscriptions. */
export class CreemPortal implements CustomerPortal {
  readonly #client: CreemClient;

  constructor(client: CreemClient) {
    this.#client = client;
  }

  /**
   * Returns a link to a customer's page. Each call creates a new link, which changes nothing else. Creem identifies the
   * customer by email address, so the account's verified address must be the same.
   */
  async open({ customerId, verifiedEmail }: PortalRequest): Promise<{ url: string; replayed: boolean }> {
    const email = await verifiedEmail();
    if (email === null || email !== (await this.#emailOf(customerId))) throw emailNotVerified();
    const reading = { schema: portalLinkSchema, refused: lost };
    const link = await this.#client.post('/v1/customers/billing', { customer_id: customerId }, reading);
    return { url: link.customer_portal_link, replayed: false };
  }

  /** Returns the email address of a customer at Creem, in lower case. */
  async #emailOf(customerId: string): Promise<string> {
    const reading = { schema: customerSchema, refused: lost };
    return (await this.#client.get('/v1/customers', { customer_id: customerId }, reading)).email.toLowerCase();
  }
}
