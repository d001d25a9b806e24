import type { ErrorCode } from '../../platform/errors/errorRegistry.ts';
import { claimedDeposits, depositsTo, microsOf, orderIdOf, paymentIdOf, usdcText } from './deposit.ts';
import type { TransactionTruth } from './depositProvider.ts';

const OWN = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const OTHER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const transaction = { chain: 'base', txHash: `0x${'ab'.repeat(32)}` } as const;
const claim = { ...transaction, address: OWN, amountMicros: 10_000_000, requiredConfirmations: 5 };
const transfer = { position: 2, isUsdc: true, toAddress: OWN.toLowerCase(), amountMicros: 10_000_000n };

function succeeded(change: object = {}, confirmations = 5): TransactionTruth {
  return { status: 'succeeded', confirmations, transfers: [{ ...transfer, ...change }] };
}

it('accepts a transfer to the account’s address with enough confirmations', () => {
  const { claimed, all } = claimedDeposits(succeeded(), claim);
  const { address: _address, requiredConfirmations: _required, ...rest } = claim;
  expect(claimed).toEqual({ ...rest, logIndex: 2, address: OWN.toLowerCase() });
  expect(all).toEqual([claimed]);
});

it.each<[string, TransactionTruth, ErrorCode]>([
  ['the chain doesn’t have the transaction', { status: 'unknown' }, 'TRANSACTION_NOT_FOUND'],
  ['the transaction waits for a block', { status: 'waiting' }, 'TRANSACTION_UNCONFIRMED'],
  ['a reorganization removed its block', { status: 'reorganised' }, 'TRANSACTION_REORGANISED'],
  ['the transaction failed', { status: 'failed' }, 'TRANSACTION_FAILED'],
  [
    'the transaction transfers no token',
    { status: 'succeeded', confirmations: 9, transfers: [] },
    'TRANSFER_NOT_FOUND',
  ],
  ['one confirmation is missing', succeeded({}, 4), 'TRANSACTION_UNCONFIRMED'],
  ['the node lags behind', succeeded({}, -3), 'TRANSACTION_UNCONFIRMED'],
  ['the transfer went to another address', succeeded({ toAddress: OTHER }), 'NOT_YOUR_TRANSFER'],
  ['the transfer is of another token', succeeded({ isUsdc: false }), 'NOT_A_USDC_TRANSFER'],
  ['another token went to another address', succeeded({ isUsdc: false, toAddress: OTHER }), 'NOT_A_USDC_TRANSFER'],
  ['the amount is less', succeeded({ amountMicros: 9_999_999n }), 'AMOUNT_MISMATCH'],
  ['the amount is 0', succeeded({ amountMicros: 0n }), 'AMOUNT_MISMATCH'],
  ['the amount is above the maximum', succeeded({ amountMicros: 2n ** 200n }), 'AMOUNT_MISMATCH'],
])('refuses a claim if %s', (_name, truth, code) => {
  expect(() => claimedDeposits(truth, claim)).toThrow(expect.objectContaining({ code }));
});

it('reports a final error before an error that may pass', () => {
  const tooNew = succeeded({ toAddress: OTHER }, 1);
  expect(() => claimedDeposits(tooNew, claim)).toThrow(expect.objectContaining({ code: 'NOT_YOUR_TRANSFER' }));
});

it('gives different order ids to transfers of one transaction, and of other transactions and chains', () => {
  const transfers = [transfer, { ...transfer, position: 3 }, { ...transfer, position: 4, isUsdc: false }];
  const [one, two, ...more] = depositsTo(OWN, transfers, transaction);
  if (!one || !two) throw new Error('expected two deposits');
  expect(more).toEqual([]);
  expect(paymentIdOf(one)).toBe(`base_${transaction.txHash}_2`);
  const elsewhere = { ...one, chain: 'base-sepolia' } as const;
  const another = { ...one, txHash: `0x${'cd'.repeat(32)}` };
  expect(new Set([one, two, elsewhere, another].map(orderIdOf)).size).toBe(4);
});

it.each([
  [10, 10_000_000],
  [0.000001, 1],
  [0.0000001, null],
  [10.000001, 10_000_001],
  [10.5, 10_500_000],
  [999_999_999.999999, 999_999_999_999_999],
  [10.0000001, null],
  [1e21, null],
])('converts %s USDC to %s millionths', (amount, micros) => expect(microsOf(amount)).toBe(micros));

it.each([
  [10_000_000, '10'],
  [10_500_000, '10.5'],
  [1, '0.000001'],
  [0, '0'],
  [2n ** 64n, '18446744073709.551616'],
])('writes %s millionths as %s', (micros, text) => expect(usdcText(micros)).toBe(text));
