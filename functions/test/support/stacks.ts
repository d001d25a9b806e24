/**
 * Records stack traces only when a single run is repeated. Firestore's SDK records a trace with each call, and each
 * frame is mapped to its source, which takes much of the time of a test with a thousand runs.
 *
 * @param runs number of runs this time. A failed run has to print how to repeat it alone.
 */
export function takeStacksOfSingleRun(runs: number): void {
  if (runs > 1) Error.stackTraceLimit = 0;
}
