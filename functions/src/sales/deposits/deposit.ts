import { derivedId, type IsoTime } from '@cloud-bridge/base';
import type { Deposit } from '../orders/order.ts';
import { DEPOSIT_PROVIDER } from '../payments/orderProvider.ts';
import type { TokenTransfer, TransactionTruth } from './depositProvider.ts';
import {
  amountMismatch,
  notAUsdcTransfer,
  notYourTransfer,
  transactionFailed,
  transactionNotFound,
  transactionReorganised,
  transactionUnconfirmed,
  transferNotFound,
} from './deposits.errors.ts';

/** The address that an account pays to. It never changes. */
export interface DepositAddress {
  readonly accountId: string;
  /** Number in the order of allotment, in which the scan goes through the addresses. */
  readonly index: number;
  /** Derivation path below the extended public key; absent for an older address, which is the key's child `index`. */
  readonly path?: readonly number[];
  /** In mixed case, which is a checksum (EIP-55). */
  readonly address: string;
  readonly createdAt: IsoTime;
}

const MICROS_PER_USDC = 1_000_000;
/** Largest deposit, in USDC: more than any top-up, and small enough for a number to hold its millionths exactly. */
export const MAX_USDC = 1_000_000_000;
const MAX_MICROS = BigInt(MAX_USDC) * BigInt(MICROS_PER_USDC);

/**
 * Returns the payment id of a deposit, unique to it. The id of the ledger entry ends with it, so a deposit is credited
 * only once.
 */
export function paymentIdOf({ chain, txHash, logIndex }: Deposit): string {
  return `${chain}_${txHash}_${logIndex}`;
}

/** Returns the order id of a deposit. The id is derived, so concurrent finders of a deposit write the same order. */
export function orderIdOf(deposit: Deposit): string {
  return derivedId('ord', DEPOSIT_PROVIDER, paymentIdOf(deposit));
}

/**
 * Converts an amount of USDC to millionths; returns null for more than six decimals. Parses the number's decimal text,
 * so that nothing is rounded.
 */
export function microsOf(amount: number): number | null {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(String(amount)) ?? [];
  return whole === undefined ? null : Number(`${whole}${decimals.padEnd(6, '0')}`);
}

/** Writes millionths as a decimal number without trailing zeros: 50500000 is `50.5`. */
export function usdcText(amountMicros: number | bigint): string {
  const text = String(amountMicros).padStart(7, '0');
  return `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, '');
}

/** Returns the creditable transfers of USDC to an address as deposits. */
export function depositsTo(
  address: string,
  transfers: readonly TokenTransfer[],
  transaction: Pick<Deposit, 'chain' | 'txHash'>,
): Deposit[] {
  const own = transfers.filter(({ isUsdc, toAddress }) => isUsdc && isSameAddress(toAddress, address));
  return depositsIn(own, transaction);
}

/** A deposit as an account claims it. */
export interface DepositClaim extends Pick<Deposit, 'chain' | 'txHash' | 'amountMicros'> {
  /** The account's address; null if none is allotted yet. */
  readonly address: string | null;
  readonly requiredConfirmations: number;
}

/**
 * Returns the account's deposits in a transaction, and the claimed one: the first with the claimed amount.
 * @throws final errors first, then errors that may pass. TRANSACTION_NOT_FOUND, TRANSACTION_UNCONFIRMED or
 *   TRANSACTION_REORGANISED (each may be tried again later), TRANSACTION_FAILED, TRANSFER_NOT_FOUND,
 *   NOT_A_USDC_TRANSFER, NOT_YOUR_TRANSFER or AMOUNT_MISMATCH
 */
export function claimedDeposits(
  truth: TransactionTruth,
  claim: DepositClaim,
): { readonly claimed: Deposit; readonly all: readonly Deposit[] } {
  const { requiredConfirmations, amountMicros } = claim;
  if (truth.status === 'unknown') throw transactionNotFound(claim.chain);
  if (truth.status === 'waiting') throw transactionUnconfirmed(0, requiredConfirmations);
  if (truth.status === 'reorganised') throw transactionReorganised();
  if (truth.status === 'failed') throw transactionFailed();
  const own = ownTransfers(truth.transfers, claim);
  const all = depositsIn(own, claim);
  const claimed = all.find((deposit) => deposit.amountMicros === amountMicros);
  if (!claimed) throw amountMismatch(own.map((transfer) => usdcText(transfer.amountMicros)));
  if (truth.confirmations < requiredConfirmations) {
    // A node that lags behind may not have the block yet, which makes the count negative.
    throw transactionUnconfirmed(Math.max(0, truth.confirmations), requiredConfirmations);
  }
  return { claimed, all };
}

/** Returns the transfers of USDC to the account, and throws if there are none. */
function ownTransfers(transfers: readonly TokenTransfer[], { address }: DepositClaim): TokenTransfer[] {
  if (transfers.length === 0) throw transferNotFound();
  const own = transfers.filter(({ toAddress }) => address !== null && isSameAddress(toAddress, address));
  const ofUsdc = own.filter(({ isUsdc }) => isUsdc);
  if (ofUsdc.length > 0) return ofUsdc;
  throw own.length > 0 || !transfers.some(({ isUsdc }) => isUsdc) ? notAUsdcTransfer() : notYourTransfer();
}

/** True for an amount above 0 and up to the largest deposit. */
export function isCreditableAmount(amountMicros: bigint): boolean {
  return amountMicros > 0n && amountMicros <= MAX_MICROS;
}

/** Returns the transfers whose amount can be credited, as deposits. */
function depositsIn(
  transfers: readonly TokenTransfer[],
  { chain, txHash }: Pick<Deposit, 'chain' | 'txHash'>,
): Deposit[] {
  return transfers
    .filter(({ amountMicros }) => isCreditableAmount(amountMicros))
    .map(({ position, toAddress, amountMicros }) => ({
      chain,
      txHash,
      logIndex: position,
      address: toAddress,
      amountMicros: Number(amountMicros),
    }));
}

function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
