import { dirname } from 'node:path';
import { readPorts } from './suite/ports.ts';
import { requireStripe } from './suite/stripe.ts';
import { withSuite } from './suite/suite.ts';
import { suiteUrls } from './suite/urls.ts';
import { runJest } from './task/jest.ts';
import { Problem } from './task/problem.ts';
import { runTask } from './task/runTask.ts';

const root = dirname(import.meta.dirname);

// The payment tests that a script can run against Stripe itself: with saved test cards instead of pages, and hearing of
// everything from Stripe's list of events, because no webhook reaches this machine. `npm test` runs the same against the
// local Stripe.
await runTask(async (interrupted) => {
  const { secretKey, apiBaseUrl } = requireStripe(suiteUrls(readPorts(root, process.env)), process.env);
  console.log(`The payment tests, against ${apiBaseUrl}`);
  const options = { root, interrupted, stripe: 'environment', onWarning: () => {} } as const;
  const { passed, failed } = await withSuite(options, (suite) =>
    runJest({
      root,
      project: 'emulators',
      args: ['--testPathPatterns', 'functions/test/stripeItself/'],
      inBand: true,
      signal: suite.ended,
      env: { ...suite.environment, TESTED_STRIPE_KEY: secretKey, TESTED_STRIPE_URL: apiBaseUrl },
    }),
  );
  if (passed === 0 && failed === 0) throw new Problem('No test ran.');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
