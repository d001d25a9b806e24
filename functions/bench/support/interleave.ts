import type { Bench } from './bench.ts';

/**
 * Measures every candidate once in each round, so that a disturbance affects all candidates. The order rotates from
 * round to round. An extra first round warms everything up and doesn't count.
 */
export async function interleave<T extends Record<string, () => Promise<unknown>>>(
  bench: Bench,
  figure: string,
  candidates: T,
): Promise<{ [K in keyof T]: Awaited<ReturnType<T[K]>>[] }> {
  const names = Object.keys(candidates);
  const results: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  const { rounds, ended } = bench.options;
  for (let round = 0; round <= rounds; round += 1) {
    console.error(round === 0 ? `${figure}: warming up` : `${figure}: round ${round} of ${rounds}`);
    for (let place = 0; place < names.length; place += 1) {
      ended.throwIfAborted();
      const name = names[(round + place) % names.length] ?? '';
      const result = await candidates[name]?.();
      if (round > 0) results[name]?.push(result);
    }
  }
  return results as { [K in keyof T]: Awaited<ReturnType<T[K]>>[] };
}
