import type { Deps } from '../deps.ts';
import type { ProviderName } from '../payments/providers.ts';
import { ensureCustomer } from './ensureCustomer.ts';

/** Who is about to pay, as a provider knows or may get to know them. */
export interface Payer {
  /** Null where the provider makes its customer on its own page, and hasn't yet. */
  readonly customerId: string | null;
  readonly email: string | null;
}

/** Who pays for an account's order on a provider's page. Throws AppError 502/503 `PAYMENT_PROVIDER_…`. */
export async function payerOf(
  deps: Deps,
  { accountId, provider }: { readonly accountId: string; readonly provider: ProviderName },
): Promise<Payer> {
  if (provider === 'stripe') return { customerId: await ensureCustomer(deps, accountId), email: null };
  const account = await deps.accounts.find(accountId);
  return { customerId: account?.customerIds?.[provider] ?? null, email: account?.email ?? null };
}
