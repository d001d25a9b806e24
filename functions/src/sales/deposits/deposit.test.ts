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

it('a transfer to the own address with enough confirmations is the deposit', () => {
  const { claimed, all } = claimedDeposits(succeeded(), claim);
  const { address: _address, requiredConfirmations: _required, ...rest } = claim;
  expect(claimed).toEqual({ ...rest, logIndex: 2, address: OWN.toLowerCase() });
  expect(all).toEqual([claimed]);
});

it.each<[string, TransactionTruth, ErrorCode]>([
  ['nobody knows the transaction', { status: 'unknown' }, 'TRANSACTION_NOT_FOUND'],
  ['it waits', { status: 'waiting' }, 'TRANSACTION_UNCONFIRMED'],
  ['its block was taken back', { status: 'reorganised' }, 'TRANSACTION_REORGANISED'],
  ['it failed', { status: 'failed' }, 'TRANSACTION_FAILED'],
  ['it transferred nothing', { status: 'succeeded', confirmations: 9, transfers: [] }, 'TRANSFER_NOT_FOUND'],
  ['it is one block too new', succeeded({}, 4), 'TRANSACTION_UNCONFIRMED'],
  ['the node that was asked lags behind', succeeded({}, -3), 'TRANSACTION_UNCONFIRMED'],
  ['it went elsewhere', succeeded({ toAddress: OTHER }), 'NOT_YOUR_TRANSFER'],
  ['it is of another token', succeeded({ isUsdc: false }), 'NOT_A_USDC_TRANSFER'],
  ['another token went elsewhere', succeeded({ isUsdc: false, toAddress: OTHER }), 'NOT_A_USDC_TRANSFER'],
  ['it is less', succeeded({ amountMicros: 9_999_999n }), 'AMOUNT_MISMATCH'],
  ['it is nothing', succeeded({ amountMicros: 0n }), 'AMOUNT_MISMATCH'],
  ['it is more than anything', succeeded({ amountMicros: 2n ** 200n }), 'AMOUNT_MISMATCH'],
])('is refused when %s', (_name, truth, code) => {
  expect(() => claimedDeposits(truth, claim)).toThrow(expect.objectContaining({ code }));
});

it('what will never be right is said before what may be later', () => {
  const tooNew = succeeded({ toAddress: OTHER }, 1);
  expect(() => claimedDeposits(tooNew, claim)).toThrow(expect.objectContaining({ code: 'NOT_YOUR_TRANSFER' }));
});

it('tells a transfer from others of the same transaction, and from the same place in another', () => {
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
])('%s USDC are %s millionths', (amount, micros) => expect(microsOf(amount)).toBe(micros));

it.each([
  [10_000_000, '10'],
  [10_500_000, '10.5'],
  [1, '0.000001'],
  [0, '0'],
  [2n ** 64n, '18446744073709.551616'],
])('%s millionths are written %s', (micros, text) => expect(usdcText(micros)).toBe(text));
