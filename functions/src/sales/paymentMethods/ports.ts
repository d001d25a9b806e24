/** The parameters that say where a provider's pages may lead back to, and whether Creem is there. */
export interface PageSettings {
  readonly allowedOrigins: readonly string[];
  readonly creemApiBaseUrl: string | null;
}

/** Creem's page on which a customer sees everything that was bought with their address. */
export interface HasPortal {
  readonly portal: {
    emailOf(customerId: string): Promise<string>;
    open(customerId: string): Promise<string>;
  };
}
