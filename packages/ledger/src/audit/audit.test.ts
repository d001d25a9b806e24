import { minute } from '../testing/fixtures.ts';
import { emptyWallet } from '../wallet.ts';
import { differencesOf, holdDifferences, plain } from './audit.ts';

const sound = emptyWallet('alice', 'main', minute(0));
class Reference {
  readonly self = this;
}

it.each<[name: string, stored: unknown]>([
  ['nothing', null],
  ['no object', 'wallet'],
  ['a list', []],
  ['no fields', {}],
  ['no totals', { ...sound, totals: null }],
  ['half a credit', { ...sound, lots: [{ remainingCredits: 0.5 }] }],
  ['no number', { ...sound, availableCredits: Number.NaN }],
  ['a number that has no end', { ...sound, availableCredits: Number.POSITIVE_INFINITY }],
  ['a number as a text', { ...sound, availableCredits: '0' }],
  ['a number too large for JSON', { ...sound, availableCredits: 2n ** 64n }],
  ['a reference that leads to itself', { ...sound, accountId: new Reference() }],
  ['a missing field', { ...sound, nextExpiryAt: undefined }],
])('a stored wallet that is %s differs, and is told as JSON', (_name, stored) => {
  const differences = differencesOf(stored, sound);
  expect(differences).not.toEqual([]);
  expect(JSON.parse(JSON.stringify(differences))).toEqual(differences);
});

it('fields in another order make no difference', () => {
  expect(differencesOf(Object.fromEntries(Object.entries(sound).toReversed()), sound)).toEqual([]);
});

it('credits that came from nowhere are told even where the stored wallet is what the entries say', () => {
  const unbalanced = { ...sound, totals: { ...sound.totals, grantedCredits: 5 } };
  expect(differencesOf(unbalanced, unbalanced)).toEqual([{ field: 'balance', stored: false, rebuilt: true }]);
});

it('a hold that makes no sense differs', () => {
  const rebuilt = {
    amountCredits: 5,
    holdExpiresAt: minute(1),
    status: 'held',
    capturedCredits: 0,
    openHoldExpiresAt: minute(1),
    settledAt: null,
    settledBalanceCredits: null,
  } as const;
  for (const stored of [null, 'hold', {}, { charge: null }, { charge: 5 }]) {
    expect(holdDifferences('txn_1', stored, rebuilt)).toMatchObject([{ field: 'holds.txn_1' }]);
  }
  expect(holdDifferences('txn_1', { charge: rebuilt, openHoldExpiresAt: minute(1) }, rebuilt)).toEqual([]);
});

it('what is plain stays as it is', () => {
  const value = { a: [1, 'two', true, null], b: { c: 0 } };
  expect(plain(value)).toEqual(value);
});
