import type { KeepsCustomers } from '../payments/customerProvider.ts';
import { defaultProvider } from '../payments/providers.ts';
import type { CustomersNeeds } from './needs.ts';

/**
 * Returns the id of an account's customer at a provider; creates the customer on first use. Concurrent calls create one
 * customer, because the provider's idempotency key derives from the account. The customer that is stored first stays as
 * long as the provider has it.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function ensureCustomer(
  deps: CustomersNeeds,
  accountId: string,
  { name, customers }: KeepsCustomers = defaultProvider(deps),
): Promise<string> {
  const account = await deps.accounts.find(accountId);
  const known = account?.customerIds?.[name];
  if (known) return known;
  // The provider sends receipts to this address, so it must be verified.
  const email = await deps.users.findVerifiedEmail(accountId);
  const created = await customers.createCustomer({ accountId, email });
  return deps.accounts.setCustomerIfAbsent(accountId, name, created);
}

/** Returns the id of an account's customer at a provider; null if there is none yet. */
export async function findCustomer(
  deps: CustomersNeeds,
  accountId: string,
  { name }: Pick<KeepsCustomers, 'name'> = defaultProvider(deps),
): Promise<string | null> {
  return (await deps.accounts.find(accountId))?.customerIds?.[name] ?? null;
}
