import type { CreemNeeds } from '../creem/needs.ts';
import type { StripeNeeds } from '../stripe/needs.ts';

/** Needs of the code that lists, retries and replays the events of providers. */
export interface IncomingNeeds extends CreemNeeds, StripeNeeds {
  readonly config: CreemNeeds['config'];
}
