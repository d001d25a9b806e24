import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { OrderProvider } from '../payments/orderProvider.ts';
import { isLost } from '../payments/payments.errors.ts';
import { providerOf } from '../payments/providers.ts';
import { ensureCustomer, findCustomer } from './ensureCustomer.ts';
import type { CustomersNeeds } from './needs.ts';
import { withCustomer } from './withCustomer.ts';

/** The payer of an order, as the provider identifies them. */
export interface Payer {
  /** Null until the provider creates its customer on its own page. */
  readonly customerId: string | null;
  /** The account's verified email address, which prefills the provider's page; null if the page has to ask for it. */
  readonly email: string | null;
  /**
   * The customer that is certain to pay. Null if the provider creates its customers itself: then the customer is only
   * known after the payment, because people can type another address on the page.
   */
  readonly certainCustomerId: string | null;
}

/** The account that pays, and the provider. */
interface Payable {
  readonly accountId: string;
  readonly provider: OrderProvider;
}

/**
 * Calls `use` with the payer of an account's order on a provider's page. If the provider doesn't have the customer any
 * more, calls `use` a second time: with a new customer, or without a customer if the provider creates its customers
 * itself.
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
 * Forgets a customer that is missing at a provider that creates its customers itself. The next payment stores the new
 * customer.
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
 * Returns the payer of an account's order on a provider's page. Creates the customer if the provider needs one before
 * the payment.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function payerOf(deps: CustomersNeeds, payable: Payable): Promise<Payer> {
  const { accountId } = payable;
  const { name, customers } = providerOf(deps, payable);
  if (customers) return certainPayer(await ensureCustomer(deps, accountId, { name, customers }));
  const customerId = await findCustomer(deps, accountId, { name });
  return { customerId, email: await deps.users.findVerifiedEmail(accountId), certainCustomerId: null };
}
