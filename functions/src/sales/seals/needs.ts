import type { Seals } from './seals.ts';

/** What vouches for facts in the metadata of payments. */
export interface SealsNeeds {
  readonly seals: Seals;
}
