import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { OrderProvider } from '../payments/orderProvider.ts';
import { isLost } from '../payments/payments.errors.ts';
import { providerOf } from '../payments/providers.ts';
import { ensureCustomer, findCustomer } from './ensureCustomer.ts';
import type { CustomersNeeds } from './needs.ts';
import { withCustomer } from './withCustomer.ts';

/** Who is about to pay, as a provider knows or may get to know them. */
export interface Payer {
  /** Null where the provider makes its customer on its own page, and hasn't yet. */
  readonly customerId: string | null;
  /** The address that they have proved to be theirs; a provider's page asks who has none. */
  readonly email: string | null;
  /**
   * Who it is going to be for sure. Where the provider makes its customers itself, that is only known of who has paid:
   * people may type another address.
   */
  readonly certainCustomerId: string | null;
}

/** What is paid, and through whom. */
interface Payable {
  readonly accountId: string;
  readonly provider: OrderProvider;
}

/**
 * Does something with who pays for an account's order on a provider's page. A customer that the provider no longer has
 * is replaced once: by a new one, or by whoever will pay where the provider makes its customers itself.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function withPayer<T>(
  deps: CustomersNeeds,
  payable: Payable,
  use: (payer: Payer) => Promise<T>,
): Promise<T> {
  const { accountId } = payable;
  const { name, customers } = providerOf(deps, payable);
  if (customers) {
    return withCustomer(deps, accountId, (customerId) => use(certainPayer(customerId)), { name, customers });
  }
  const payer = await payerOf(deps, payable);
  try {
    return await use(payer);
  } catch (error) {
    if (payer.customerId === null || !isLost(error, 'customer')) throw error;
    await forgetCustomer(deps, { accountId, provider: name }, payer.customerId);
    return use({ ...payer, customerId: null });
  }
}

/**
 * Forgets a customer that is gone at a provider that makes its customers itself: the next payment tells who takes its
 * place.
 */
export async function forgetCustomer(
  deps: CustomersNeeds,
  { accountId, provider }: { readonly accountId: string; readonly provider: ProviderName },
  lostId: string,
): Promise<void> {
  deps.logger.warn('a customer was gone at the provider and is forgotten', { accountId, provider, customerId: lostId });
  await deps.accounts.replaceCustomer(accountId, provider, lostId, null);
}

function certainPayer(customerId: string): Payer {
  return { customerId, email: null, certainCustomerId: customerId };
}

/**
 * Who pays for an account's order on a provider's page.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function payerOf(deps: CustomersNeeds, payable: Payable): Promise<Payer> {
  const { accountId } = payable;
  const { name, customers } = providerOf(deps, payable);
  if (customers) return certainPayer(await ensureCustomer(deps, accountId, { name, customers }));
  const customerId = await findCustomer(deps, accountId, { name });
  return { customerId, email: await deps.users.findVerifiedEmail(accountId), certainCustomerId: null };
}
