import functionsTest from 'firebase-functions-test';
import type { Parts } from '../../src/main/compose.ts';
import { keepersOf } from '../../src/main/keepers.ts';
import { type Complaint, takeComplaints } from './logged.ts';
import {
  CREEM_API_KEY,
  CREEM_URL,
  CREEM_WEBHOOK_SECRET,
  DEPLOYMENT_KEY,
  HOSTING_URL,
  PROJECT,
  STRIPE_SECRET_KEY,
  STRIPE_URL,
  UPSTREAM_SECRET,
  UPSTREAM_URL,
} from './suite.ts';

/** The steps of the reconciliation; `reconcilePayments` stands for all of them. */
const RECONCILIATION = [
  'reconcileStripe',
  'reconcileCreem',
  'retryEvents',
  'reconcilePendingOrders',
  'reconcileDueSubscriptions',
  'reconcilePaymentsAtCreem',
] as const;

/**
 * Calls functions without a URL as Cloud Scheduler does. Returns the warnings and errors that were logged, so that the
 * test can look for its own. These functions process everything in the project, and other tests leave documents there
 * on purpose that can't be processed.
 */
export async function runScheduled(
  name:
    | 'expireHolds'
    | 'expireCredits'
    | 'reconcilePayments'
    | 'reportCredits'
    | 'settleDeliveries'
    | 'sweepTopUps'
    | 'auditLedger'
    | 'sweepWebhooks'
    | 'alertAccounts'
    | 'scanUsdcDeposits'
    | 'freezeForOwners'
    | (typeof RECONCILIATION)[number],
): Promise<Complaint[]> {
  setEnvironment();
  const test = functionsTest({ projectId: PROJECT });
  const functions = require('../../src/index.ts') as typeof import('../../src/index.ts');
  const names = name === 'reconcilePayments' ? RECONCILIATION : [name];
  for (const each of names) await test.wrap(functions[each] as never)({});
  return takeComplaints();
}

/** The needs of use cases, wired to the suite, for tests that run a use case in this process with a part replaced. */
export function suiteDeps(): Parts {
  setEnvironment();
  const { createParts } = require('../../src/main/compose.ts') as typeof import('../../src/main/compose.ts');
  return createParts();
}

function setEnvironment(): void {
  process.env.ALLOWED_ORIGINS = HOSTING_URL;
  process.env.STRIPE_API_BASE_URL = STRIPE_URL;
  process.env.STRIPE_SECRET_KEY = STRIPE_SECRET_KEY;
  process.env.CREEM_API_BASE_URL = CREEM_URL;
  process.env.CREEM_API_KEY = CREEM_API_KEY;
  process.env.CREEM_WEBHOOK_SECRETS = CREEM_WEBHOOK_SECRET;
  process.env.DEPLOYMENT_KEYS = DEPLOYMENT_KEY;
  process.env.CATALOG = 'cloud-bridge';
  process.env.DELIVERY_UPSTREAM_URL = UPSTREAM_URL;
  process.env.DELIVERY_UPSTREAM_SECRET = UPSTREAM_SECRET;
  process.env.DELIVERY_DEADLINE_SECONDS = '4';
  process.env.STRIPE_TAX = 'off';
  process.env.WEBHOOK_TARGETS = 'loopback';
}

/** Replaces some parts; the accounts' keepers use the replacements, too. */
export function withParts(deps: Parts, change: Partial<Parts>): Parts {
  const parts = { ...deps, ...change };
  return { ...parts, keepers: keepersOf(parts) };
}
