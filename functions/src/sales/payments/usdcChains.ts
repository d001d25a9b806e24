/** A chain on which Circle itself issues USDC. */
export interface UsdcChain {
  readonly id: number;
  /** The contract of USDC; a token of any other contract isn't USDC, whatever its name. */
  readonly tokenAddress: `0x${string}`;
  /** A public endpoint with a low rate limit. */
  readonly publicRpcUrl: string;
}

/**
 * Chains on which deposits are accepted, by their names in requests and ledger entries. The contract's address isn't
 * configurable, because credits would be sold for worthless tokens if it were wrong. Sources:
 * https://developers.circle.com/stablecoins/usdc-contract-addresses, https://docs.base.org/base-chain.
 */
export const USDC_CHAINS = {
  base: {
    id: 8453,
    tokenAddress: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
    publicRpcUrl: 'https://mainnet.base.org',
  },
  'base-sepolia': {
    id: 84532,
    tokenAddress: '0x036CbD53842c5426634e7929541eC2318f3dCF7e',
    publicRpcUrl: 'https://sepolia.base.org',
  },
} as const satisfies Record<string, UsdcChain>;

export const USDC_CHAIN_NAMES = ['base', 'base-sepolia'] as const satisfies readonly (keyof typeof USDC_CHAINS)[];
export type UsdcChainName = (typeof USDC_CHAIN_NAMES)[number];
