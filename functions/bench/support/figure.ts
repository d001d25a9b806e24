import type { Bench } from './bench.ts';
import type { LoadResult } from './load.ts';
import type { Row } from './row.ts';

/** Results of a part of the benchmark. */
export interface Findings {
  readonly rows: readonly Row[];
  /** Errors, and differences between ledgers and answers. There must be none. */
  readonly problems: readonly string[];
}

/** A part of the benchmark. */
export type Figure = (bench: Bench) => Promise<Findings>;

/** Returns the actions per second. */
export function rate({ done, elapsedMs }: Pick<LoadResult, 'done' | 'elapsedMs'>): number {
  return (done / elapsedMs) * 1000;
}
