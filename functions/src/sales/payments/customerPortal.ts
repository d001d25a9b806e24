/** Who wants to see the portal, and where it leads back to. */
export interface PortalRequest {
  readonly customerId: string;
  /** The address that the account's owner has proved to be theirs; null for none. */
  readonly verifiedEmail: () => Promise<string | null>;
  readonly returnUrl: string;
  readonly idempotencyKey: string | null;
}

/** A provider's page on which customers look after what they have there: cards, invoices, orders or subscriptions. */
export interface CustomerPortal {
  /**
   * Opens the page for a customer.
   * @throws EMAIL_NOT_VERIFIED where the page shows what was bought with an address that isn't provably the owner's,
   *   IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  open(request: PortalRequest): Promise<{ readonly url: string; readonly replayed: boolean }>;
}
