import { countTests, sum } from './counts.ts';

const report = { numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

describe('countTests', () => {
  it('counts tests, and files that fail to load', () => {
    expect(countTests(report, 0)).toEqual({ passed: 3, failed: 0 });
    expect(countTests({ ...report, numFailedTests: 1, numRuntimeErrorTestSuites: 2 }, 1)).toEqual({
      passed: 3,
      failed: 3,
    });
  });

  it('never reports a failure of jest as "0 failed"', () => {
    expect(countTests(report, 1).failed).toBe(1);
    expect(countTests(undefined, 0).failed).toBe(1);
  });
});

test('sum adds up the parts', () => {
  expect(
    sum([
      { passed: 1, failed: 2 },
      { passed: 3, failed: 4 },
    ]),
  ).toEqual({ passed: 4, failed: 6 });
  expect(sum([])).toEqual({ passed: 0, failed: 0 });
});
