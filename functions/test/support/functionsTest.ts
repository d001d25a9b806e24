import functionsTest from 'firebase-functions-test';
import { HOSTING_URL, PROJECT, STRIPE_URL } from './suite.ts';

/** The functions that have no URL, called as Cloud Scheduler has them called. */
export function fft(): { expireHolds(): Promise<void> } {
  process.env.ALLOWED_ORIGINS = HOSTING_URL;
  process.env.STRIPE_API_BASE_URL = STRIPE_URL;
  process.env.CATALOG = 'cloud-bridge';
  const test = functionsTest({ projectId: PROJECT });
  const { expireHolds } = require('../../src/index.ts') as typeof import('../../src/index.ts');
  return {
    expireHolds: async () => {
      await test.wrap(expireHolds as never)({});
    },
  };
}
