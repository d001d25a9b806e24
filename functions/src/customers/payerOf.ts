import type { Deps } from '../deps.ts';
import type { OrderProvider } from '../orders/order.ts';
import { ensureCustomer } from './ensureCustomer.ts';

/** Who is about to pay, as a provider knows or may get to know them. */
export interface Payer {
  /** Null where the provider makes its customer on its own page, and hasn't yet. */
  readonly customerId: string | null;
  /** The address that they have proved to be theirs; a provider's page asks who has none. */
  readonly email: string | null;
  /** Who it is going to be for sure. At Creem that is only known of who has paid: people may type another address. */
  readonly certainCustomerId: string | null;
}

/** Who pays for an account's order on a provider's page. Throws AppError 502/503 `PAYMENT_PROVIDER_…`. */
export async function payerOf(
  deps: Deps,
  { accountId, provider }: { readonly accountId: string; readonly provider: OrderProvider },
): Promise<Payer> {
  if (provider === 'stripe') {
    const customerId = await ensureCustomer(deps, accountId);
    return { customerId, email: null, certainCustomerId: customerId };
  }
  const account = await deps.accounts.find(accountId);
  const customerId = account?.customerIds?.creem ?? null;
  return { customerId, email: await deps.users.findVerifiedEmail(accountId), certainCustomerId: null };
}
