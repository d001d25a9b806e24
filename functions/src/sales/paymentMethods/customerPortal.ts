/** A provider's page on which a customer sees everything that was bought with their address. */
export interface CustomerPortal {
  /** The address by which the provider knows a customer. */
  emailOf(customerId: string): Promise<string>;
  /** Where the customer finds the page. */
  open(customerId: string): Promise<string>;
}

/** A provider that has such a page. */
export interface HasPortal {
  readonly portal: CustomerPortal;
}
