import type { UsdcChainName } from '../payments/usdcChains.ts';
/** A transfer of some token that a transaction made. */
export interface TokenTransfer {
  /** Its place among all that the transaction logged; the same in whatever block that ends up. */
  readonly position: number;
  /** False for any other contract, whatever it calls itself. */
  readonly isUsdc: boolean;
  readonly toAddress: string;
  /** In the token's smallest unit: of USDC a millionth of a dollar. */
  readonly amountMicros: bigint;
}

/** What a chain says of a transaction now. */
export type TransactionTruth =
  /** Nobody has heard of it; waiting for a block; or in one that isn't part of the chain any more. */
  | { readonly status: 'unknown' }
  | { readonly status: 'waiting' }
  | { readonly status: 'reorganised' }
  /** It is in a block, and was undone there as a whole. */
  | { readonly status: 'failed' }
  | {
      readonly status: 'succeeded';
      /** How many blocks there are from its own on, that included. */
      readonly confirmations: number;
      readonly transfers: readonly TokenTransfer[];
    };

/** A transfer of USDC as a list has it: without what only the transaction's own receipt tells. */
export interface ListedTransfer {
  /** In lower case. */
  readonly txHash: string;
  readonly toAddress: string;
  /** In millionths of a dollar. */
  readonly amountMicros: bigint;
}

/** A range of blocks, the first and the last one included. */
export interface BlockRange {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/**
 * Where USDC comes in: a chain, and addresses on it that are ours.
 * @throws PAYMENT_PROVIDER_UNAVAILABLE from each method when the chain can't be asked
 */
export interface DepositProvider {
  /** The address of an account and of no other, and where below the extended public key it is; always the same one. */
  deriveAddress(accountId: string): Promise<{ readonly address: string; readonly path: readonly number[] }>;
  /** @param txHash in lower case */
  fetchTransaction(txHash: string): Promise<TransactionTruth>;
  /** The number of the latest block. */
  fetchHead(): Promise<number>;
  /**
   * The transfers of USDC to one of the addresses, in the order of the chain.
   * @throws PAYMENT_PROVIDER_UNAVAILABLE also when the node hasn't got the last block: a list of its own would be short
   */
  listTransfers(range: BlockRange, addresses: readonly string[]): Promise<ListedTransfer[]>;
}

/** What a deployment says of the deposits of USDC. */
export interface UsdcSettings {
  readonly depositXpub: string;
  readonly chain: UsdcChainName;
  readonly confirmations: number;
}
