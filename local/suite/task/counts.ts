/** Numbers of passed and failed tests. */
export interface Counts {
  passed: number;
  failed: number;
}

/** The part of the output of `jest --json` that is used here. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  /** Number of test files that failed to load. */
  numRuntimeErrorTestSuites: number;
}

/** Counts passed and failed tests. If jest fails for another reason, that counts as a failure, never as "0 failed". */
export function countTests(report: JestReport | undefined, exitCode: number): Counts {
  if (!report) return { passed: 0, failed: 1 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return { passed: report.numPassedTests, failed: exitCode === 0 ? failed : Math.max(failed, 1) };
}

/** Adds up the counts of the parts of a run. */
export function sum(parts: Counts[]): Counts {
  return parts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  });
}
