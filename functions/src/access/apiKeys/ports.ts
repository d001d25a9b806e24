/** The names of operations and models in the catalog. */
export interface KnownOperations {
  current(): Promise<{
    readonly operations: Readonly<Record<string, unknown>>;
    readonly meteredOperations: readonly string[];
    readonly models: Readonly<Record<string, unknown>>;
  }>;
}

/**
 * Refuses an integration that the account doesn't have.
 * @throws INTEGRATION_NOT_FOUND
 */
export type RequireIntegration = (accountId: string, integrationId: string) => Promise<void>;

/**
 * Returns the id of the wallet of an account's subscription.
 * @throws SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_ACTIVE when the subscription doesn't run
 */
export type RequireRunningWallet = (accountId: string, subscriptionId: string) => Promise<string>;
