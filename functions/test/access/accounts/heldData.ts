/**
 * How a collection is treated when an account is exported and erased, with the reason where nothing is exported or
 * erased.
 */
export type Held =
  /** Every document of the account is exported and deleted. */
  | { readonly exportedAs: readonly string[]; readonly erasure: 'deleted' }
  /** Documents of the account stay for the record, without personal data of the owner. */
  | { readonly exportedAs: readonly string[]; readonly erasure: 'emptied'; readonly because: string }
  /** Documents of the account without personal data. */
  | { readonly exportedAs: null; readonly erasure: 'kept'; readonly because: string }
  /** Documents that belong to no account. */
  | { readonly exportedAs: null; readonly erasure: 'ours'; readonly because: string };

const deleted = (...exportedAs: readonly string[]): Held => ({ exportedAs, erasure: 'deleted' });
const emptied = (exportedAs: string, because: string): Held => ({
  exportedAs: [exportedAs],
  erasure: 'emptied',
  because,
});
const kept = (because: string): Held => ({ exportedAs: null, erasure: 'kept', because });
const ours = (because: string): Held => ({ exportedAs: null, erasure: 'ours', because });

/** All collections that the product writes. A collection missing here fails the tests: declare its treatment. */
export const HELD_DATA: Readonly<Record<string, Held>> = {
  accountEvents: deleted('events'),
  accounts: emptied('profile', 'the remaining document prevents the account from being created again'),
  alerts: deleted('alerts'),
  apiKeys: emptied('apiKeys', 'ledger entries refer to the key'),
  audit: kept('credits and times that the audit rebuilt from the ledger'),
  auditDifferences: kept('differences in credits that the audit found'),
  auditLog: emptied('operatorActions', 'operators are accountable for their actions'),
  audits: ours('progress of the audit'),
  autoTopUps: deleted('autoTopUp'),
  batches: kept('hashes of requests, so that no request takes effect twice'),
  catalog: ours('products and prices'),
  checkIns: deleted('checkIn'),
  couponRequests: ours('requests of operators'),
  coupons: ours('offers of operators'),
  creemEvents: kept('ids of objects at Creem, until their event is handled'),
  deliveries: emptied('deliveries', 'record of the paid actions'),
  depositAddresses: deleted('depositAddress'),
  depositState: ours('progress of the scan of the chain, and the number of allocated addresses'),
  entries: emptied('ledger', 'the ledger must stay complete'),
  integrations: emptied('integrations', 'ledger entries refer to the integration'),
  invoicing: deleted('invoicing'),
  keyIds: kept('hashes of keys by id'),
  mail: deleted('mail'),
  maintenance: ours('the maintenance switch, in a separate database'),
  openCheckouts: kept('ids of unpaid orders'),
  orders: emptied('orders', 'record of sales and payments'),
  ownerChecks: kept('ids of accounts, with those whose owner is disabled or deleted in Firebase Auth'),
  rateLimits: kept('number of requests per minute'),
  refunds: { exportedAs: ['refunds'], erasure: 'emptied', because: 'record of refunds, without personal data' },
  reported: kept('progress of the monthly report'),
  reports: ours('totals of all accounts'),
  schedules: ours('progress of schedules'),
  subscriptions: emptied('subscriptions', 'record of sales'),
  usage: kept('totals of the ledger, which is exported'),
  uses: {
    exportedAs: ['couponUses'],
    erasure: 'emptied',
    because: 'counts of coupon uses, for the limits of coupons',
  },
  wallets: emptied('wallets', 'the ledger must stay complete'),
  webhookBacklogs: ours('progress of reading the events of providers'),
  webhookDeliveries: deleted('webhookDeliveries'),
  webhookEndpoints: deleted('webhookEndpoints'),
  webhookFailures: kept('ids of objects at providers, until their event is handled'),
  webhookLines: deleted(),
  webhookEvents: kept('ids of events of providers, so that no event takes effect twice'),
};

/** Sections of the export with data from a provider instead of the database. */
export const SECTIONS_OF_PROVIDERS: readonly string[] = ['billingDetails', 'paymentMethods'];
