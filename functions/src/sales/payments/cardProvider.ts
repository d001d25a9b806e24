/** A request for a customer; the provider answers a repeated idempotency key like the first request. */
interface CustomerRequest {
  readonly customerId: string;
  readonly idempotencyKey: string | null;
}

/** The result of a request; `replayed` is true when the provider repeated an earlier answer. */
interface Made {
  readonly replayed: boolean;
}

/** A payment method that a customer has saved. Fields that don't apply to the type are null. */
export interface PaymentMethod {
  readonly id: string;
  readonly type: string;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly expMonth: number | null;
  readonly expYear: number | null;
  /** True for the method that is charged by default: the chosen one, or the newest if none was chosen. */
  readonly isDefault: boolean;
}

/**
 * Port to the saved cards of customers. Card data stays with the provider.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface CardProvider {
  /** Starts to save a card on the app's own page; returns the secret for the provider's script on that page. */
  createSetupIntent(request: CustomerRequest): Promise<Made & { readonly clientSecret: string }>;
  /** Opens the provider's page on which the customer saves a card. */
  createSetupCheckout(
    request: CustomerRequest & { readonly successUrl: string; readonly cancelUrl: string },
  ): Promise<Made & { readonly sessionId: string; readonly url: string }>;
  /** Lists a customer's payment methods, newest first; empty for a customer that the provider no longer has. */
  listMethods(customerId: string): Promise<PaymentMethod[]>;
  /**
   * Sets the customer's default payment method.
   * @throws PAYMENT_METHOD_NOT_FOUND for a method or a customer that is gone, PAYMENT_PROVIDER_REFUSED,
   *   PAYMENT_PROVIDER_UNAVAILABLE
   */
  setDefaultMethod(customerId: string, methodId: string): Promise<void>;
  /**
   * Removes a payment method from its customer for good.
   * @throws PAYMENT_METHOD_NOT_FOUND when the method is already gone, PAYMENT_PROVIDER_REFUSED,
   *   PAYMENT_PROVIDER_UNAVAILABLE
   */
  removeMethod(methodId: string): Promise<void>;
}
