import type { Bench } from './bench.ts';
import type { LoadResult } from './load.ts';
import type { Row } from './row.ts';

/** What a part of the benchmark found. */
export interface Findings {
  readonly rows: readonly Row[];
  /** Errors, and differences between a ledger and what was answered. There must be none. */
  readonly problems: readonly string[];
}

/** A part of the benchmark. */
export type Figure = (bench: Bench) => Promise<Findings>;

/** Actions a second. */
export function rate({ done, elapsedMs }: Pick<LoadResult, 'done' | 'elapsedMs'>): number {
  return (done / elapsedMs) * 1000;
}
