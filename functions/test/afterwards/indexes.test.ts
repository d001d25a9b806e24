import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWNERS_PROJECT } from '../support/projects.ts';
import { FIRESTORE_URL, PROJECT } from '../support/suite.ts';

interface IndexField {
  readonly fieldPath: string;
  readonly order?: string;
}
interface UsedIndex {
  readonly name: string;
  readonly queryScope: string;
  readonly fields: readonly IndexField[];
}
interface Configured {
  readonly indexes: readonly { collectionGroup: string; queryScope: string; fields: readonly IndexField[] }[];
  readonly fieldOverrides: readonly {
    collectionGroup: string;
    fieldPath: string;
    ttl?: boolean;
    indexes: readonly { order: string; queryScope: string }[];
  }[];
}

/** Names of all collections that the functions write. */
const COLLECTIONS = [
  'accountEvents',
  'accounts',
  'alerts',
  'apiKeys',
  'audit',
  'auditDifferences',
  'auditLog',
  'audits',
  'autoTopUps',
  'batches',
  'catalog',
  'checkIns',
  'couponRequests',
  'coupons',
  'creemEvents',
  'deliveries',
  'depositAddresses',
  'depositState',
  'entries',
  'integrations',
  'invoicing',
  'keyIds',
  'mail',
  'openCheckouts',
  'orders',
  'ownerChecks',
  'rateLimits',
  'refunds',
  'reported',
  'reports',
  'schedules',
  'subscriptions',
  'usage',
  'uses',
  'wallets',
  'webhookBacklogs',
  'webhookDeliveries',
  'webhookEndpoints',
  'webhookEvents',
  'webhookFailures',
  'webhookLines',
];

const configured = JSON.parse(readFileSync(join(__dirname, '../../../firestore.indexes.json'), 'utf8')) as Configured;

const nameOf = (collectionGroup: string, queryScope: string, fields: readonly IndexField[]) =>
  `${collectionGroup} ${queryScope} ${fields.map(({ fieldPath, order }) => `${fieldPath} ${order}`).join(', ')}`;

/** Reads from the emulator's report which indexes the queries of all earlier tests used in a project. */
async function usedIndexes(project: string): Promise<string[]> {
  const database = `projects/${project}/databases/(default)`;
  const response = await fetch(`${FIRESTORE_URL}/emulator/v1/projects/${project}:indexUsage?database=${database}`);
  const { reports } = (await response.json()) as { reports: { index: UsedIndex }[] };
  return reports.map(({ index }) => {
    const collectionGroup = /collectionGroups\/([^/]+)\//.exec(index.name)?.[1] ?? '';
    return nameOf(
      collectionGroup,
      index.queryScope,
      index.fields.filter(({ fieldPath }) => fieldPath !== '__name__'),
    );
  });
}

const compositeIndexes = configured.indexes.map(({ collectionGroup, queryScope, fields }) =>
  nameOf(collectionGroup, queryScope, fields),
);
const singleFieldIndexes = configured.fieldOverrides.flatMap(({ collectionGroup, fieldPath, indexes }) =>
  indexes.map(({ order, queryScope }) => nameOf(collectionGroup, queryScope, [{ fieldPath, order }])),
);
// The report leaves out single-field indexes of one collection, which Firestore creates by itself unless exempted.
const reportedIndexes = [
  ...compositeIndexes,
  ...singleFieldIndexes.filter((name) => name.includes('COLLECTION_GROUP')),
];

/**
 * Returns true for an index that Firestore can merge from existing indexes: one for each compared field, all in the
 * query's order (https://firebase.google.com/docs/firestore/query-data/index-overview, index merging). The emulator
 * reports merged indexes as one index; the randomized requests combine filters in any way.
 */
function isMerged(name: string): boolean {
  const [, collection = '', fields = ''] = /^(\S+ \S+) (.*)$/.exec(name) ?? [];
  const parts = fields.split(', ');
  const has = (part: string, order: readonly string[]) =>
    reportedIndexes.includes(`${collection} ${[part, ...order].join(', ')}`);
  return parts.some((_, equal) => equal > 1 && parts.slice(0, equal).every((part) => has(part, parts.slice(equal))));
}

it('every query that the tests ran has its index, and every index has its query', async () => {
  const inAll = (await Promise.all([PROJECT, OWNERS_PROJECT].map(usedIndexes))).flat();
  const used = [...new Set(inAll)].filter((name) => reportedIndexes.includes(name) || !isMerged(name));
  expect(used.sort()).toEqual(reportedIndexes.sort());
});

it('Firestore deletes only events, mails and webhook deliveries by itself', () => {
  const expiring = configured.fieldOverrides.filter(({ ttl }) => ttl);
  expect(expiring.map(({ collectionGroup, fieldPath }) => `${collectionGroup}.${fieldPath}`).sort()).toEqual([
    'accountEvents.deleteAt',
    'mail.deleteAt',
    'webhookDeliveries.deleteAt',
  ]);
});

it('only fields that a query filters or orders by have single-field indexes', () => {
  const exempted = configured.fieldOverrides
    .filter(({ fieldPath }) => fieldPath === '*')
    .map((rule) => rule.collectionGroup);
  expect(exempted.sort()).toEqual(COLLECTIONS);
  expect(singleFieldIndexes.sort()).toEqual([
    'accountEvents COLLECTION accountId ASCENDING',
    'accountEvents COLLECTION undispatchedSince ASCENDING',
    'accounts COLLECTION customerIds.creem ASCENDING',
    'accounts COLLECTION customerIds.stripe ASCENDING',
    'accounts COLLECTION email ASCENDING',
    'accounts COLLECTION erasureDueAt ASCENDING',
    'apiKeys COLLECTION id ASCENDING',
    'creemEvents COLLECTION receivedAt ASCENDING',
    'deliveries COLLECTION_GROUP nextCheckAt ASCENDING',
    'depositAddresses COLLECTION index ASCENDING',
    'entries COLLECTION openHoldExpiresAt ASCENDING',
    'entries COLLECTION sequence ASCENDING',
    'entries COLLECTION sequence DESCENDING',
    'entries COLLECTION_GROUP kind ASCENDING',
    'entries COLLECTION_GROUP openHoldExpiresAt ASCENDING',
    'mail COLLECTION accountId ASCENDING',
    'orders COLLECTION paymentId ASCENDING',
    'refunds COLLECTION accountId ASCENDING',
    'subscriptions COLLECTION nextSyncAt ASCENDING',
    'uses COLLECTION_GROUP accountId ASCENDING',
    'wallets COLLECTION_GROUP nextExpiryAt ASCENDING',
    'webhookDeliveries COLLECTION accountId ASCENDING',
    'webhookDeliveries COLLECTION nextAttemptAt ASCENDING',
    'webhookFailures COLLECTION handledAt ASCENDING',
    'webhookLines COLLECTION wakeAt ASCENDING',
  ]);
});
