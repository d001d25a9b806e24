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

/** The address that an account pays to. Once given it stays the account's. */
export interface DepositAddress {
  readonly accountId: string;
  /** Its place among all addresses, by which the scan goes through them. */
  readonly index: number;
  /** Where below the extended public key it is; none for one from before, which is its child `index`. */
  readonly path?: readonly number[];
  /** With the mixed case of EIP-55, which is a checksum. */
  readonly address: string;
  readonly createdAt: IsoTime;
}

const MICROS_PER_USDC = 1_000_000;
/** A billion dollars: nobody's top-up, and still well within what a number holds exactly. */
export const MAX_USDC = 1_000_000_000;
const MAX_MICROS = BigInt(MAX_USDC) * BigInt(MICROS_PER_USDC);

/** The payment that a deposit is, and so the end of the id of the entry that credits it: one for ever. */
export function paymentIdOf({ chain, txHash, logIndex }: Deposit): string {
  return `${chain}_${txHash}_${logIndex}`;
}

/** The id of a deposit's order: whoever finds the deposit first writes it, and everybody else finds it written. */
export function orderIdOf(deposit: Deposit): string {
  return derivedId('ord', DEPOSIT_PROVIDER, paymentIdOf(deposit));
}

/**
 * An amount of USDC as millionths; null when it has more than six decimals. Read from the number's own decimal text, so
 * that nothing is rounded.
 */
export function microsOf(amount: number): number | null {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(String(amount)) ?? [];
  return whole === undefined ? null : Number(`${whole}${decimals.padEnd(6, '0')}`);
}

/** Millionths as a decimal with as many places as it needs: 50500000 is `50.5`. */
export function usdcText(amountMicros: number | bigint): string {
  const text = String(amountMicros).padStart(7, '0');
  return `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, '');
}

/** Transfers of USDC to an address, as deposits. */
export function depositsTo(
  address: string,
  transfers: readonly TokenTransfer[],
  transaction: Pick<Deposit, 'chain' | 'txHash'>,
): Deposit[] {
  const own = transfers.filter(({ isUsdc, toAddress }) => isUsdc && isSameAddress(toAddress, address));
  return depositsIn(own, transaction);
}

/** What an account says that it has paid. */
export interface DepositClaim extends Pick<Deposit, 'chain' | 'txHash' | 'amountMicros'> {
  /** The account's own address; null while it has none. */
  readonly address: string | null;
  readonly requiredConfirmations: number;
}

/**
 * The deposits of a transaction, and the one of them that is claimed: the first of that amount.
 * @throws what is wrong: first what will never be right, then what may be later. TRANSACTION_NOT_FOUND,
 *   TRANSACTION_UNCONFIRMED or TRANSACTION_REORGANISED (each may be tried again later), TRANSACTION_FAILED,
 *   TRANSFER_NOT_FOUND, NOT_A_USDC_TRANSFER, NOT_YOUR_TRANSFER or AMOUNT_MISMATCH
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
    // A node that lags behind may not even have the block.
    throw transactionUnconfirmed(Math.max(0, truth.confirmations), requiredConfirmations);
  }
  return { claimed, all };
}

/** Transfers of USDC to the account. */
function ownTransfers(transfers: readonly TokenTransfer[], { address }: DepositClaim): TokenTransfer[] {
  if (transfers.length === 0) throw transferNotFound();
  const own = transfers.filter(({ toAddress }) => address !== null && isSameAddress(toAddress, address));
  const ofUsdc = own.filter(({ isUsdc }) => isUsdc);
  if (ofUsdc.length > 0) return ofUsdc;
  throw own.length > 0 || !transfers.some(({ isUsdc }) => isUsdc) ? notAUsdcTransfer() : notYourTransfer();
}

/** False for an amount of nothing, and for more than there is. */
export function isCreditableAmount(amountMicros: bigint): boolean {
  return amountMicros > 0n && amountMicros <= MAX_MICROS;
}

/** The transfers that can be credited. */
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
