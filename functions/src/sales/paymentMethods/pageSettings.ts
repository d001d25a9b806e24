/** Settings of providers' pages: the origins of URLs to which a page may lead back. */
export interface PageSettings {
  readonly allowedOrigins: readonly string[];
}
