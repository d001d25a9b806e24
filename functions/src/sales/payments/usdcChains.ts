/** A chain on which Circle issues USDC itself, as its clients and its ledger entries name it. */
export interface UsdcChain {
  readonly id: number;
  /** The contract of USDC; anything else that calls itself so is something else. */
  readonly tokenAddress: `0x${string}`;
  /** An endpoint that anybody may use, at a low rate. */
  readonly publicRpcUrl: string;
}

/**
 * Chains that deposits may come on. A contract's address is no setting: a wrong one would have credits sold for
 * worthless tokens. Sources: https://developers.circle.com/stablecoins/usdc-contract-addresses,
 * https://docs.base.org/base-chain.
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
