export interface Counts {
  passed: number;
  failed: number;
}

/** The part of `jest --json` that is used here. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  /** Files that did not get as far as their tests. */
  numRuntimeErrorTestSuites: number;
}

/** How many tests passed and failed. Whatever makes jest fail counts: no failure may end as "0 failed". */
export function countTests(report: JestReport | undefined, exitCode: number): Counts {
  if (!report) return { passed: 0, failed: 1 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return { passed: report.numPassedTests, failed: exitCode === 0 ? failed : Math.max(failed, 1) };
}

/** The sum over the parts of a run. */
export function sum(parts: Counts[]): Counts {
  return parts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  });
}
