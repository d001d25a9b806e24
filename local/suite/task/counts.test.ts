import { countTests, sum } from './counts.ts';

const report = { numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

describe('countTests', () => {
  it('counts tests, and files that do not load', () => {
    expect(countTests(report, 0)).toEqual({ passed: 3, failed: 0 });
    expect(countTests({ ...report, numFailedTests: 1, numRuntimeErrorTestSuites: 2 }, 1)).toEqual({
      passed: 3,
      failed: 3,
    });
  });

  it('never turns a failure of jest into "0 failed"', () => {
    expect(countTests(report, 1).failed).toBe(1);
    expect(countTests(undefined, 0).failed).toBe(1);
  });
});

test('sum adds the parts up', () => {
  expect(
    sum([
      { passed: 1, failed: 2 },
      { passed: 3, failed: 4 },
    ]),
  ).toEqual({ passed: 4, failed: 6 });
  expect(sum([])).toEqual({ passed: 0, failed: 0 });
});
