import type { CreemNeeds } from '../creem/needs.ts';
import type { StripeNeeds } from '../stripe/needs.ts';

/** What shows and replays the events of providers. */
export interface IncomingNeeds extends CreemNeeds, StripeNeeds {
  readonly config: CreemNeeds['config'];
}
