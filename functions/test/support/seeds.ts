/**
 * Returns the seed of a randomized test. `npm test` uses the same seed each time, so that its result for a commit stays
 * the same; `npm run test:soak` uses a new seed, and prints it.
 *
 * @param variable the environment variable that sets another seed
 */
export function seedFrom(variable: 'SEED' | 'FUZZ_SEED' | 'CHAOS_SEED'): number {
  return Number(process.env[variable] ?? 20_261_127);
}
