import type { Entry, HoldEntry } from './entry.ts';
import { fromStoredEntry, toStoredEntry, toStoredHoldState } from './storedEntry.ts';
import { capture, charge, extend, grant, hold, ledgerWith, minute, purchase, release } from './testing/fixtures.ts';

const placeOf = ({ id, accountId, walletId }: Pick<Entry, 'id' | 'accountId' | 'walletId'>) => ({
  id,
  path: `accounts/${accountId}/wallets/${walletId}/entries/${id}`,
});
const readBack = (entry: Entry) => fromStoredEntry(toStoredEntry(entry), placeOf(entry));

it('a plain charge is stored without what follows from the rest', () => {
  const { entry } = ledgerWith(purchase(20)).apply(charge(3)).result;
  expect(toStoredEntry(entry)).toEqual({
    id: entry.id,
    kind: 'charge',
    operation: 'presetShare',
    sequence: 2,
    amountCredits: -3,
    balanceAfterCredits: 17,
    lotChanges: [{ source: 'purchase' }],
    commandId: entry.commandId,
    requestHash: entry.requestHash,
    createdAt: minute(1),
  });
  expect(readBack(entry)).toEqual(entry);
});

it.each([
  ['a free charge', charge(0)],
  ['a charge with words of its own', charge(3, { quantity: 3, description: 'Three', metadata: { preset: '42' } })],
  ['a charge described by nothing', charge(3, { description: '' })],
  ['a charge of several lots', charge(25, { apiKeyId: 'key_1', integrationId: 'int_1' })],
  ['a hold', hold(25)],
  ['more credits, with a deadline', grant(5, { source: 'promotion', expiresAt: minute(90) })],
])('%s is read as it was written', (_name, command) => {
  const ledger = ledgerWith(grant(20, { expiresAt: minute(60) }), purchase(20));
  const { entry } = ledger.apply(command).result;
  expect(readBack(entry)).toEqual(entry);
});

const ends = { settledAt: minute(2) };
it.each([
  [
    'captured',
    (id: string) => capture(id, null),
    { settlement: { ...ends, status: 'captured', settledBalanceCredits: 10 } },
  ],
  [
    'captured in part',
    (id: string) => capture(id, 4),
    { settlement: { ...ends, status: 'captured', capturedCredits: 4, settledBalanceCredits: 16 } },
  ],
  ['released', (id: string) => release(id), { settlement: { ...ends, status: 'released', settledBalanceCredits: 20 } }],
  ['extended', (id: string) => extend(id, minute(50)), { 'charge.holdExpiresAt': minute(50) }],
])(
  'of a hold that is %s the state is written, also of one that was stored with all its fields',
  (_name, settle, fields) => {
    const ledger = ledgerWith(grant(20));
    const held = ledger.apply(hold(10, { metadata: { preset: '42' } })).result.entry;
    const updated = ledger.apply(settle(held.id)).updated as HoldEntry;
    expect(toStoredHoldState(updated)).toEqual(fields);
    expect(readBack(updated)).toEqual(updated);
    const { openHoldExpiresAt: _before, charge, ...whole } = held;
    const { 'charge.holdExpiresAt': deadline, ...state } = toStoredHoldState(updated);
    const { openHoldExpiresAt } = updated;
    const document = {
      ...whole,
      charge: { ...charge, ...(deadline !== undefined && { holdExpiresAt: deadline }) },
      ...state,
      ...(openHoldExpiresAt && { openHoldExpiresAt }),
    };
    expect(fromStoredEntry(document, placeOf(held))).toEqual(updated);
  },
);

it.each([['charge'], ['hold'], ['capture'], ['grant']])(
  'a %s that was stored with all its fields is read the same',
  (kind) => {
    const ledger = ledgerWith(grant(20));
    ledger.apply(charge(3, { metadata: { preset: '42' } }));
    ledger.apply(capture(ledger.apply(hold(10)).result.entry.id, 4));
    const entry = ledger.posted().find((posted) => posted.kind === kind) as Entry;
    expect(fromStoredEntry({ ...entry }, placeOf(entry))).toEqual(entry);
  },
);

it('what a document says counts, whatever would follow from the rest', () => {
  const { entry } = ledgerWith(grant(20)).apply(charge(3)).result;
  const changed = { ...toStoredEntry(entry), consumedCredits: 5, accountId: 'bob', charge: { capturedCredits: 4 } };
  expect(fromStoredEntry(changed, placeOf(entry))).toMatchObject({
    consumedCredits: 5,
    accountId: 'bob',
    charge: { capturedCredits: 4, amountCredits: 3 },
  });
});

it.each([
  ['words instead of lots', { lotChanges: 'lots' }],
  ['nothing instead of lots', { lotChanges: null }],
  ['a lot that is none', { lotChanges: [null] }],
  ['a lot of nobody', { lotChanges: [{ source: 'constructor' }] }],
  ['words instead of a charge', { charge: 'captured' }],
  ['nothing instead of a charge', { charge: null }],
  ['a list instead of a charge', { charge: [] }],
  ['words instead of the end', { settlement: 'captured' }, { charge: 'captured' }],
])('of %s in a document nothing else is told', (_name, data: object, read: object = data) => {
  const document = { ...toStoredEntry(ledgerWith(grant(20)).apply(charge(3)).result.entry), ...data };
  const place = placeOf({ id: 'txn_1', accountId: 'alice', walletId: 'main' });
  expect(fromStoredEntry(document, place)).toMatchObject(read);
});

it.each([
  ['nothing', {}],
  ['no amount', { kind: 'hold' }],
  ['a map for an amount', { kind: 'charge', amountCredits: { valueOf: 1 } }],
])('a document with %s is read for whoever judges it', (_name, data) => {
  const ids = { id: 'txn_1', accountId: 'alice', walletId: 'main' };
  expect(fromStoredEntry(data, placeOf(ids))).toMatchObject(ids);
});
