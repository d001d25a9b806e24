import functionsTest from 'firebase-functions-test';
import { HOSTING_URL, PROJECT, STRIPE_SECRET_KEY, STRIPE_URL } from './suite.ts';

/** The functions that have no URL, called as Cloud Scheduler has them called. */
export async function runScheduled(
  name: 'expireHolds' | 'expireCredits' | 'reconcilePayments' | 'sweepTopUps' | 'auditLedger',
): Promise<void> {
  process.env.ALLOWED_ORIGINS = HOSTING_URL;
  process.env.STRIPE_API_BASE_URL = STRIPE_URL;
  process.env.STRIPE_SECRET_KEY = STRIPE_SECRET_KEY;
  process.env.CATALOG = 'cloud-bridge';
  const test = functionsTest({ projectId: PROJECT });
  const functions = require('../../src/index.ts') as typeof import('../../src/index.ts');
  await test.wrap(functions[name] as never)({});
}
