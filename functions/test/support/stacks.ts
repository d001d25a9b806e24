/**
 * Takes stacks only when a single run is repeated. Firestore's SDK takes one with each call, and each of its frames is
 * mapped to its source, which is a good part of what a test does that makes a thousand runs.
 *
 * @param runs how many this time. One that fails has to say how to repeat it alone.
 */
export function takeStacksOfSingleRun(runs: number): void {
  if (runs > 1) Error.stackTraceLimit = 0;
}
