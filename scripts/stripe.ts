import { dirname } from 'node:path';
import { readPorts } from '../local/suite/ports.ts';
import { requireStripe } from '../local/suite/stripe.ts';
import { withSuite } from '../local/suite/suite.ts';
import { runJest } from '../local/suite/task/jest.ts';
import { Problem } from '../local/suite/task/problem.ts';
import { runTask } from '../local/suite/task/runTask.ts';
import { suiteUrls } from '../local/suite/urls.ts';

const root = dirname(import.meta.dirname);

// Runs the payment tests against the real Stripe. A script can't use pages, so the tests use saved test cards. Webhooks
// don't reach this machine, so the tests read Stripe's list of events. `npm test` runs the same tests against the local
// Stripe.
await runTask(async (interrupted) => {
  const { secretKey, apiBaseUrl } = requireStripe(suiteUrls(readPorts(root, process.env)), process.env);
  console.log(`Running the payment tests against ${apiBaseUrl}`);
  const options = { root, interrupted, stripe: 'environment', onWarning: () => {} } as const;
  const { passed, failed } = await withSuite(options, (suite) =>
    runJest({
      root,
      project: 'emulators',
      args: ['--testPathPatterns', 'functions/test/providers/stripeItself/'],
      inBand: true,
      signal: suite.ended,
      env: { ...suite.environment, TESTED_STRIPE_KEY: secretKey, TESTED_STRIPE_URL: apiBaseUrl },
    }),
  );
  if (passed === 0 && failed === 0) throw new Problem('No test ran.');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
