import type { Random } from './random.ts';

/** The fault of a call or a delivery; null for none. */
export type Trouble = CommitTrouble | ProviderTrouble | null;

/** A failing Firestore commit, after a number of good ones. With `isFinal` no retry follows, as after a crash. */
interface CommitTrouble {
  readonly at: 'commit';
  readonly moment: 'before' | 'after' | 'late';
  readonly skip: number;
  readonly times?: number;
  readonly isFinal: boolean;
}

/** A failing call to the provider. */
export interface ProviderTrouble {
  readonly at: 'provider';
  readonly path: string;
  readonly afterEffect: boolean;
  readonly times?: number;
}

/** Patterns of calls to a provider at which a fault may wait. The first pattern matches all calls. */
export type TroublePaths = readonly [string, ...string[]];

/** Draws a fault with the given probability. */
export function troubleFrom(random: Random, probability: number, paths: TroublePaths): Trouble {
  if (!random.chance(probability)) return null;
  if (random.chance(0.5)) return { at: 'provider', path: random.pick(paths), afterEffect: random.chance(0.5) };
  const moment = random.pick(['before', 'after', 'after', 'late'] as const);
  return { at: 'commit', moment, skip: random.pick([0, 0, 1, 2]), isFinal: random.chance(0.8) };
}

/** Draws an outage, in which all calls fail for a while. */
export function outageFrom(random: Random, [any]: TroublePaths): Trouble {
  if (random.chance(0.5)) return { at: 'provider', path: any, afterEffect: false, times: LONG };
  return { at: 'commit', moment: 'before', skip: 0, isFinal: true, times: LONG };
}

const LONG = 1_000;
