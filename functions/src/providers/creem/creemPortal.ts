import type { CustomerPortal } from '../../sales/paymentMethods/customerPortal.ts';
import { providerLost } from '../../sales/payments/payments.errors.ts';
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

  /**
   * The email address by which Creem knows a customer, in lower case.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  async emailOf(customerId: string): Promise<string> {
    const reading = { schema: customerSchema, refused: lost };
    return (await this.#client.get('/v1/customers', { customer_id: customerId }, reading)).email.toLowerCase();
  }

  /**
   * An address that works for a while.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  async open(customerId: string): Promise<string> {
    const reading = { schema: portalLinkSchema, refused: lost };
    return (await this.#client.post('/v1/customers/billing', { customer_id: customerId }, reading))
      .customer_portal_link;
  }
}
