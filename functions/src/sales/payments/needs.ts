import type { Providers } from './providers.ts';

/** Needs of the code that calls payment providers. */
export interface PaymentsNeeds {
  readonly providers: Providers;
}
