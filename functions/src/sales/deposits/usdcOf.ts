import type { DepositProvider, UsdcSettings } from './depositProvider.ts';
import { usdcNotConfigured } from './deposits.errors.ts';
import type { DepositsNeeds } from './needs.ts';

/**
 * Returns the chain's port and the deployment's settings for USDC.
 * @throws USDC_NOT_CONFIGURED
 */
export function usdcOf({
  usdc,
  config,
}: Pick<DepositsNeeds, 'config' | 'usdc'>): UsdcSettings & { readonly provider: DepositProvider } {
  if (!usdc || !config.usdc) throw usdcNotConfigured();
  return { ...config.usdc, provider: usdc };
}
