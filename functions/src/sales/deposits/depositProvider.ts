import type { UsdcChainName } from '../payments/usdcChains.ts';
/** A transfer of any token within a transaction. */
export interface TokenTransfer {
  /** Position among the logs of the transaction; stays the same if the transaction moves to another block. */
  readonly position: number;
  /** True only for USDC's own contract; other tokens may use the same name. */
  readonly isUsdc: boolean;
  readonly toAddress: string;
  /** Amount in the token's smallest unit; for USDC that is a millionth of a dollar. */
  readonly amountMicros: bigint;
}

/** The current state of a transaction on the chain. */
export type TransactionTruth =
  /** `unknown`: the chain doesn't have it. `waiting`: not in a block yet. `reorganised`: its block left the chain. */
  | { readonly status: 'unknown' }
  | { readonly status: 'waiting' }
  | { readonly status: 'reorganised' }
  /** The transaction is in a block, but all its effects were reverted. */
  | { readonly status: 'failed' }
  | {
      readonly status: 'succeeded';
      /** Number of blocks since the transaction, its own block included. */
      readonly confirmations: number;
      readonly transfers: readonly TokenTransfer[];
    };

/** A transfer of USDC from a list, without the position that only the transaction's receipt contains. */
export interface ListedTransfer {
  /** In lower case. */
  readonly txHash: string;
  readonly toAddress: string;
  /** In millionths of a dollar. */
  readonly amountMicros: bigint;
}

/** A range of blocks; the first and the last block are included. */
export interface BlockRange {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/**
 * Port to a chain on which accounts deposit USDC.
 * @throws PAYMENT_PROVIDER_UNAVAILABLE from each method when the node can't be reached
 */
export interface DepositProvider {
  /**
   * Derives an account's address and its path below the extended public key; the same on every call, and different for
   * every account.
   */
  deriveAddress(accountId: string): Promise<{ readonly address: string; readonly path: readonly number[] }>;
  /** @param txHash in lower case */
  fetchTransaction(txHash: string): Promise<TransactionTruth>;
  /** Fetches the number of the latest block. */
  fetchHead(): Promise<number>;
  /**
   * Lists the transfers of USDC to the addresses, in the order of the chain.
   * @throws PAYMENT_PROVIDER_UNAVAILABLE also when the node doesn't have the last block yet, because the list would be
   *   incomplete
   */
  listTransfers(range: BlockRange, addresses: readonly string[]): Promise<ListedTransfer[]>;
}

/** The deployment's settings for deposits of USDC. */
export interface UsdcSettings {
  readonly depositXpub: string;
  readonly chain: UsdcChainName;
  readonly confirmations: number;
}
