/** A request to open the portal: the customer, and where the portal links back to. */
export interface PortalRequest {
  readonly customerId: string;
  /** Returns the account owner's verified email address; null if there is none. */
  readonly verifiedEmail: () => Promise<string | null>;
  readonly returnUrl: string;
  readonly idempotencyKey: string | null;
}

/** Port to a provider's page on which customers manage their cards, invoices, orders or subscriptions. */
export interface CustomerPortal {
  /**
   * Opens the page for a customer, and returns its URL.
   * @throws EMAIL_NOT_VERIFIED when the page shows all purchases of an email address, and the owner hasn't verified
   *   that address, IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  open(request: PortalRequest): Promise<{ readonly url: string; readonly replayed: boolean }>;
}
