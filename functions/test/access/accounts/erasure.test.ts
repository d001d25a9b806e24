import { randomUUID } from 'node:crypto';
import { addSeconds } from '@cloud-bridge/base';
import { getAuth } from 'firebase-admin/auth';
import { deleteAccount } from '../../../src/access/accounts/deleteAccount.ts';
import { sweepDeletions } from '../../../src/access/accounts/sweepDeletions.ts';
import { createChargeSchema } from '../../../src/credits/charges/charges.schemas.ts';
import { postCharge } from '../../../src/credits/charges/postCharge.ts';
import type { Parts } from '../../../src/main/compose.ts';
import { SCOPES } from '../../../src/platform/http/caller.ts';
import { saveCard } from '../../support/cards.ts';
import { Crash, withMethod } from '../../support/crash.ts';
import { suiteDeps, withParts } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newPerson, type Person, personWithCredits } from '../../support/people.ts';
import { order, stripe } from '../../support/stripeControl.ts';
import { database, firebase } from '../../support/suite.ts';
import { withPorts } from '../../support/withPorts.ts';

/** Pages before the ledger's pages: one for each earlier step. */
const STEPS_BEFORE_LEDGER = 19;
const PAGE_SIZE = 200;
const AN_HOUR = 3_600;

/** The suite's parts at a later time, limited to these accounts, because other tests leave deletions too. */
function depsFor(people: readonly Person[], change: Partial<Parts> = {}, seconds = 2 * AN_HOUR): Parts {
  const deps = withParts(suiteDeps(), { clock: () => addSeconds(new Date().toISOString(), seconds), ...change });
  const ours = new Set(people.map(({ accountId }) => accountId));
  const listErasuresDue: Parts['accounts']['listErasuresDue'] = async (now, limit) =>
    (await deps.accounts.listErasuresDue(now, 10_000)).filter(({ id }) => ours.has(id)).slice(0, limit);
  return withParts(deps, { accounts: withMethod(deps.accounts, 'listErasuresDue', listErasuresDue) });
}

const quiet = (deps: Parts): Parts => ({ ...deps, logger: { ...deps.logger, error: () => {} } });
const ofPages = (pages: number) => ({ pages, seconds: 24 * AN_HOUR });
/** Creates a user with an account; the first request creates the account. */
async function personWithAccount(): Promise<Person> {
  const person = await newPerson();
  (await person.send('GET', '/account')).expect(200);
  return person;
}
const storedAccount = async ({ accountId }: Person) => (await database().doc(`accounts/${accountId}`).get()).data();

/** Marks an account as deleted by its owner, before anything is erased. */
async function markDeleted({ accountId }: Person, secondsAgo = 0): Promise<void> {
  const deletedAt = addSeconds(new Date().toISOString(), -secondsAgo);
  await database().doc(`accounts/${accountId}`).update({ deletedAt, erasureDueAt: deletedAt });
}

/** Creates a user with a number of charges, each with a description. */
async function personWithCharges(count: number): Promise<Person> {
  const { person, key } = await personWithCredits(10_000);
  const identity = {
    accountId: person.accountId,
    keyId: key.id,
    scopes: SCOPES,
    walletId: 'main',
    integrationId: null,
  };
  const request = createChargeSchema.parse({ operation: 'follow', metadata: { customer: 'Ada' }, description: 'Ada' });
  const deps = suiteDeps();
  const charge = () =>
    postCharge(deps, { kind: 'key', ...identity }, request, { key: null, requestHash: randomUUID() });
  await Promise.all(Array.from({ length: count }, charge));
  return person;
}

/** Returns the sequences of the entries that still have a description. */
async function wordsLeft({ accountId }: Person): Promise<number[]> {
  const ledger = await readLedger(accountId);
  return ledger.filter((entry) => JSON.stringify(entry).includes('Ada')).map(({ sequence }) => sequence);
}

it('a ledger that is too large for one run is erased in several runs', async () => {
  const person = await personWithCharges(2 * PAGE_SIZE + 50);
  const before = await readLedger(person.accountId);
  await markDeleted(person);
  expect(await sweepDeletions(depsFor([person]), ofPages(STEPS_BEFORE_LEDGER + 1))).toBe(0);
  expect((await storedAccount(person))?.erasurePosition).toEqual({ step: 'ledger', after: `main/${PAGE_SIZE}` });
  expect((await wordsLeft(person))[0]).toBe(PAGE_SIZE + 1);

  const deps = depsFor([person]);
  const read: number[] = [];
  const wallets = withMethod(deps.wallets, 'eraseTexts', (address, after, limit) => {
    read.push(after);
    return deps.wallets.eraseTexts(address, after, limit);
  });
  expect(await sweepDeletions(withParts(deps, { wallets }), ofPages(1))).toBe(0);
  expect(await sweepDeletions(withParts(deps, { wallets }), ofPages(100))).toBe(1);
  expect(read).toEqual([PAGE_SIZE, 2 * PAGE_SIZE]);
  expect(await wordsLeft(person)).toEqual([]);
  expect(await storedAccount(person)).toMatchObject({ erasureDueAt: null, erasurePosition: null });
  const wallet = await auditWallet(person.accountId);
  expect(wallet).toMatchObject({ availableCredits: 0, closedAt: expect.any(String) });
  const figures = (await readLedger(person.accountId)).slice(0, before.length).map((entry) => entry.amountCredits);
  expect(figures).toEqual(before.map((entry) => entry.amountCredits));
});

it('deletions take turns: endless ledgers delay no other account, and all make progress', async () => {
  const endless = await Promise.all(Array.from({ length: 12 }, personWithAccount));
  const small = [await personWithCharges(3), await personWithAccount()];
  for (const person of endless) {
    await person.grant(1);
    await markDeleted(person, AN_HOUR);
  }
  for (const person of small) await markDeleted(person);
  const deps = depsFor([...endless, ...small]);
  const ids = endless.map(({ accountId }) => accountId);
  const eraseTexts: Parts['wallets']['eraseTexts'] = async (address, after, limit) =>
    ids.includes(address.accountId) ? after + limit : deps.wallets.eraseTexts(address, after, limit);
  const wallets = withMethod(deps.wallets, 'eraseTexts', eraseTexts);
  expect(await sweepDeletions(withParts(deps, { wallets }), ofPages(900))).toBe(small.length);
  for (const person of small) expect((await storedAccount(person))?.erasureDueAt).toBeNull();
  for (const person of endless) {
    const { erasurePosition } = (await storedAccount(person)) ?? {};
    expect(erasurePosition).toMatchObject({ step: 'ledger', after: expect.stringMatching(/^main\/[1-9]/) });
  }
});

it('the run after a killed run continues from the last page', async () => {
  const person = await personWithCharges(2 * PAGE_SIZE + 50);
  await markDeleted(person);
  const deps = depsFor([person]);
  let isDead = false;
  const eraseTexts: Parts['wallets']['eraseTexts'] = (address, after, limit) => {
    isDead = after > 0;
    return isDead ? Promise.reject(new Crash()) : deps.wallets.eraseTexts(address, after, limit);
  };
  const setDeletion: Parts['accounts']['setDeletion'] = (id, deletion) =>
    isDead ? Promise.reject(new Crash()) : deps.accounts.setDeletion(id, deletion);
  const dying = withParts(quiet(deps), {
    wallets: withMethod(deps.wallets, 'eraseTexts', eraseTexts),
    accounts: withMethod(deps.accounts, 'setDeletion', setDeletion),
  });
  await expect(sweepDeletions(dying)).rejects.toThrow(Crash);
  expect((await storedAccount(person))?.erasurePosition).toEqual({ step: 'ledger', after: `main/${PAGE_SIZE}` });
  const pages: number[] = [];
  const wallets = withMethod(deps.wallets, 'eraseTexts', (address, after, limit) => {
    pages.push(after);
    return deps.wallets.eraseTexts(address, after, limit);
  });
  expect(await sweepDeletions(withParts(deps, { wallets }))).toBe(1);
  expect(pages).toEqual([PAGE_SIZE, 2 * PAGE_SIZE]);
  expect(await wordsLeft(person)).toEqual([]);
  await auditWallet(person.accountId);
});

it('personal data of the owner is erased before the texts of the ledger', async () => {
  const person = await personWithCharges(1);
  await saveCard(person);
  const { orderId } = await order(person);
  const customerId = (await storedAccount(person))?.customerIds.stripe;
  await stripe.customers.update(customerId, { name: 'Ada' });
  await stripe.taxIds.create({
    owner: { type: 'customer', customer: customerId },
    type: 'eu_vat',
    value: 'DE123456789',
  });
  await markDeleted(person);
  await sweepDeletions(depsFor([person]), ofPages(STEPS_BEFORE_LEDGER));
  expect(await storedAccount(person)).toMatchObject({ email: null, erasurePosition: { step: 'ledger', after: null } });
  await expect(getAuth(firebase()).getUser(person.accountId)).rejects.toMatchObject({ code: 'auth/user-not-found' });
  expect(await stripe.customers.retrieve(customerId)).toMatchObject({ email: null, name: null });
  expect((await stripe.taxIds.list({ owner: { type: 'customer', customer: customerId } })).data).toEqual([]);
  expect((await database().doc(`orders/${orderId}`).get()).data()).toMatchObject({ checkout: { url: '' } });
  expect(await wordsLeft(person)).toHaveLength(1);
});

it('a failed erasure does not affect other accounts and is retried after an hour', async () => {
  const [troubled, other] = [await personWithCharges(1), await personWithCharges(1)];
  await saveCard(troubled);
  await markDeleted(troubled, AN_HOUR);
  await markDeleted(other);
  const deps = depsFor([troubled, other]);
  const forgetCustomer = () => Promise.reject(new Error('Stripe is down'));
  const customers = withMethod(deps.providers.stripe.customers, 'forgetCustomer', forgetCustomer);
  const providers = withPorts(deps.providers, 'stripe', { customers });
  expect(await sweepDeletions(quiet(withParts(deps, { providers })))).toBe(1);
  expect(await storedAccount(other)).toMatchObject({ erasureDueAt: null });
  expect(await storedAccount(troubled)).toMatchObject({
    email: null,
    erasurePosition: { step: 'customer', after: null },
  });
  expect(await sweepDeletions(depsFor([troubled], {}, 4 * AN_HOUR))).toBe(1);
  expect(await wordsLeft(troubled)).toEqual([]);
});

it('an account can be erased although Stripe no longer has its customer', async () => {
  const person = await personWithCharges(1);
  await database()
    .doc(`accounts/${person.accountId}`)
    .update({ customerIds: { stripe: 'cus_gone' } });
  await markDeleted(person);
  expect(await sweepDeletions(depsFor([person]))).toBe(1);
  expect(await wordsLeft(person)).toEqual([]);
});

it('a request erases a limited number of pages and leaves the rest to the sweep', async () => {
  const person = await personWithAccount();
  await person.grant(1);
  const deps = suiteDeps();
  let pages = 0;
  const wallets = withMethod(deps.wallets, 'eraseTexts', async (_address, after, limit) => {
    pages += 1;
    return after + limit;
  });
  const caller = { kind: 'account', accountId: person.accountId, via: 'idToken', isAdmin: false } as const;
  const request = { accountId: person.accountId, forfeitCredits: true };
  await deleteAccount(withParts(deps, { wallets }), caller, request);
  expect(pages).toBeGreaterThan(0);
  expect(pages).toBeLessThan(100);
  expect(await storedAccount(person)).toMatchObject({ email: null, erasureDueAt: expect.any(String) });
  expect(await sweepDeletions(depsFor([person]))).toBe(1);
});

it('an erased account waits while a payment is open, and is erased again after the payment has ended', async () => {
  const person = await personWithCharges(1);
  const { orderId } = await order(person);
  await markDeleted(person);
  expect(await sweepDeletions(depsFor([person]))).toBe(0);
  expect((await storedAccount(person))?.erasurePosition).toEqual({ step: 'waiting', after: null });
  expect((await auditWallet(person.accountId)).closedAt ?? null).toBeNull();
  const later = depsFor([person], {}, 4 * AN_HOUR);
  const read = jest.fn();
  const wallets = withMethod(later.wallets, 'eraseTexts', read);
  expect(await sweepDeletions(withParts(later, { wallets }))).toBe(0);
  expect(read).not.toHaveBeenCalled();
  await database().doc(`orders/${orderId}`).update({ status: 'expired', successUrl: 'https://ada.example' });
  expect(await sweepDeletions(depsFor([person], {}, 6 * AN_HOUR))).toBe(1);
  expect((await database().doc(`orders/${orderId}`).get()).get('successUrl')).toBeNull();
  expect((await auditWallet(person.accountId)).closedAt).toEqual(expect.any(String));
});
