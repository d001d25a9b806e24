/**
 * What becomes of a collection when an account is exported and erased; each says why where nothing is exported or
 * erased.
 */
export type Held =
  /** Every document of the account is exported and deleted. */
  | { readonly exportedAs: readonly string[]; readonly erasure: 'deleted' }
  /** Documents of the account stay for the record, without a word of their owner's. */
  | { readonly exportedAs: readonly string[]; readonly erasure: 'emptied'; readonly because: string }
  /** Of the account, but nothing that it said, and nothing that says who it is. */
  | { readonly exportedAs: null; readonly erasure: 'kept'; readonly because: string }
  /** Of no account. */
  | { readonly exportedAs: null; readonly erasure: 'ours'; readonly because: string };

const deleted = (...exportedAs: readonly string[]): Held => ({ exportedAs, erasure: 'deleted' });
const emptied = (exportedAs: string, because: string): Held => ({
  exportedAs: [exportedAs],
  erasure: 'emptied',
  because,
});
const kept = (because: string): Held => ({ exportedAs: null, erasure: 'kept', because });
const ours = (because: string): Held => ({ exportedAs: null, erasure: 'ours', because });

/** Every collection that the product writes. One that isn't here fails the tests: declare what becomes of its data. */
export const HELD_DATA: Readonly<Record<string, Held>> = {
  accountEvents: deleted('events'),
  accounts: emptied('profile', 'the tombstone keeps the account from being made anew'),
  alerts: deleted('alerts'),
  apiKeys: emptied('apiKeys', 'entries name the key that spent'),
  audit: kept('what the audit rebuilt from the ledger: credits and times'),
  auditDifferences: kept('what the audit found wrong with credits'),
  auditLog: emptied('operatorActions', 'operators answer for what they did'),
  audits: ours('how far the rounds of the audit are'),
  autoTopUps: deleted('autoTopUp'),
  batches: kept('fingerprints of requests, so that none is done twice'),
  catalog: ours('what is sold'),
  checkIns: deleted('checkIn'),
  couponRequests: ours('requests of operators'),
  coupons: ours('offers of operators'),
  creemEvents: kept('ids of things at Creem, until their event has had its effect'),
  deliveries: emptied('deliveries', 'what was paid for'),
  depositAddresses: deleted('depositAddress'),
  depositState: ours('how far the chain is scanned, and how many addresses were allotted'),
  entries: emptied('ledger', 'the ledger has to add up'),
  integrations: emptied('integrations', 'entries name the integration that spent'),
  invoicing: deleted('invoicing'),
  keyIds: kept('under which hash a key stands'),
  mail: deleted('mail'),
  maintenance: ours('the switch, in a database of its own'),
  openCheckouts: kept('ids of orders that wait to be paid'),
  orders: emptied('orders', 'what was sold and paid'),
  ownerChecks: kept('ids of accounts, and whose owners are disabled or gone in Firebase Auth'),
  rateLimits: kept('how many requests there were in a minute'),
  refunds: { exportedAs: ['refunds'], erasure: 'emptied', because: 'what was paid back; nobody has words in it' },
  reported: kept('which credits are in the monthly report'),
  reports: ours('sums over all accounts'),
  schedules: ours('how far schedules have come'),
  subscriptions: emptied('subscriptions', 'what was sold'),
  usage: kept('sums of the ledger, which is exported'),
  uses: {
    exportedAs: ['couponUses'],
    erasure: 'emptied',
    because: 'a coupon has its limit; a count says nothing else',
  },
  wallets: emptied('wallets', 'the ledger has to add up'),
  webhookBacklogs: ours('how far the events of providers are read'),
  webhookDeliveries: deleted('webhookDeliveries'),
  webhookEndpoints: deleted('webhookEndpoints'),
  webhookFailures: kept('ids of things at providers, until their event has had its effect'),
  webhookLines: deleted(),
  webhookEvents: kept('ids of events of providers, so that none has its effect twice'),
};

/** Sections of the export that come from a provider and not from the database. */
export const SECTIONS_OF_PROVIDERS: readonly string[] = ['billingDetails', 'paymentMethods'];
