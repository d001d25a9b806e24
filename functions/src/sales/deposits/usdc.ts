import type { Deps } from '../../main/compose.ts';
import type { Config } from '../../main/config.ts';
import type { DepositProvider } from './depositProvider.ts';
import { usdcNotConfigured } from './deposits.errors.ts';

/** Where USDC comes in, and what the deployment says of it. Throws 409 `USDC_NOT_CONFIGURED`. */
export function usdcOf({ usdc, config }: Deps): NonNullable<Config['usdc']> & { readonly provider: DepositProvider } {
  if (!usdc || !config.usdc) throw usdcNotConfigured();
  return { ...config.usdc, provider: usdc };
}
