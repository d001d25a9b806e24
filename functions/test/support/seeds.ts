/**
 * The seed of a test that draws what it tries. `npm test` draws the same each time, so that what it says of a commit
 * stays true; `npm run test:soak` draws anew, and says with what.
 *
 * @param variable the environment variable that sets another one.
 */
export function seedFrom(variable: 'SEED' | 'FUZZ_SEED' | 'CHAOS_SEED'): number {
  return Number(process.env[variable] ?? 20_261_127);
}
