/** What one of a customer's requests is about; the provider answers a repeated key as it did before. */
interface CustomerRequest {
  readonly customerId: string;
  readonly idempotencyKey: string | null;
}

/** Something of the provider's, and whether the same request had been answered with it before. */
interface Made {
  readonly replayed: boolean;
}

/** A payment method that a customer has saved. What a method of its type doesn't have is null. */
export interface PaymentMethod {
  readonly id: string;
  readonly type: string;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly expMonth: number | null;
  readonly expYear: number | null;
  /** Charged when no other is named: the one that was chosen, else the newest. */
  readonly isDefault: boolean;
}

/**
 * Keeps the cards of customers. Card data stays with it.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface CardProvider {
  /** Begins to save a card on a page of our own; gives the secret for the provider's script on it. */
  createSetupIntent(request: CustomerRequest): Promise<Made & { readonly clientSecret: string }>;
  /** Opens the provider's page on which a card is saved. */
  createSetupCheckout(
    request: CustomerRequest & { readonly successUrl: string; readonly cancelUrl: string },
  ): Promise<Made & { readonly sessionId: string; readonly url: string }>;
  /** Newest first; none of a customer that the provider no longer has. */
  listMethods(customerId: string): Promise<PaymentMethod[]>;
  /**
   * Makes a method the customer's default.
   * @throws PAYMENT_METHOD_NOT_FOUND for a method that is gone, or whose customer is, PAYMENT_PROVIDER_REFUSED,
   *   PAYMENT_PROVIDER_UNAVAILABLE
   */
  setDefaultMethod(customerId: string, methodId: string): Promise<void>;
  /**
   * Takes a method from its customer for good.
   * @throws PAYMENT_METHOD_NOT_FOUND when it is gone already, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  removeMethod(methodId: string): Promise<void>;
}
