import type { Providers } from './providers.ts';

/** The providers of payments. */
export interface PaymentsNeeds {
  readonly providers: Providers;
}
