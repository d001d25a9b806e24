/** The parameters that say where a provider's pages may lead back to, and whether Creem is there. */
export interface PageSettings {
  readonly allowedOrigins: readonly string[];
  readonly creemApiBaseUrl: string | null;
}
