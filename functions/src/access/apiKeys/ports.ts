/** The names that the catalog knows. */
export interface KnownOperations {
  current(): Promise<{
    readonly operations: Readonly<Record<string, unknown>>;
    readonly meteredOperations: readonly string[];
    readonly models: Readonly<Record<string, unknown>>;
  }>;
}

/** Throws 404 `INTEGRATION_NOT_FOUND` unless the account has the integration. */
export type RequireIntegration = (accountId: string, integrationId: string) => Promise<void>;

/**
 * The wallet of a subscription of the account.
 * @throws AppError 404 `SUBSCRIPTION_NOT_FOUND`, 409 `SUBSCRIPTION_NOT_ACTIVE` when the subscription doesn't run
 */
export type RequireRunningWallet = (accountId: string, subscriptionId: string) => Promise<string>;
