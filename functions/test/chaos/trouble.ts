import type { Random } from './random.ts';

/** How a call or a delivery goes wrong; null: it doesn't. */
export type Trouble = CommitTrouble | ProviderTrouble | null;

/** Firestore's commit; after so many that work. With `isFinal` nothing tries again: as if the process had died. */
interface CommitTrouble {
  readonly at: 'commit';
  readonly moment: 'before' | 'after' | 'late';
  readonly skip: number;
  readonly times?: number;
  readonly isFinal: boolean;
}

/** A call to the provider. */
export interface ProviderTrouble {
  readonly at: 'provider';
  readonly path: string;
  readonly afterEffect: boolean;
  readonly times?: number;
}

/** Calls that somebody's processing makes to a provider; a fault waits at one of them. The first one is any. */
export type TroublePaths = readonly [string, ...string[]];

/** What goes wrong, as often as `probability` says. */
export function troubleFrom(random: Random, probability: number, paths: TroublePaths): Trouble {
  if (!random.chance(probability)) return null;
  if (random.chance(0.5)) return { at: 'provider', path: random.pick(paths), afterEffect: random.chance(0.5) };
  const moment = random.pick(['before', 'after', 'after', 'late'] as const);
  return { at: 'commit', moment, skip: random.pick([0, 0, 1, 2]), isFinal: random.chance(0.8) };
}

/** What goes wrong with everything for a while. */
export function outageFrom(random: Random, [any]: TroublePaths): Trouble {
  if (random.chance(0.5)) return { at: 'provider', path: any, afterEffect: false, times: LONG };
  return { at: 'commit', moment: 'before', skip: 0, isFinal: true, times: LONG };
}

const LONG = 1_000;
