/** The parameters that say where a provider's pages may lead back to. */
export interface PageSettings {
  readonly allowedOrigins: readonly string[];
}
