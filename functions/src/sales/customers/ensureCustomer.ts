import type { KeepsCustomers } from '../payments/customerProvider.ts';
import { defaultProvider } from '../payments/providers.ts';
import type { CustomersNeeds } from './needs.ts';

/**
 * A provider's customer of an account, made on first need. However many callers need it at once, the provider makes
 * one (its idempotency key derives from the account), and the first that is noted stays as long as the provider has it.
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
  // Receipts go there: never to an address that somebody has only typed.
  const email = await deps.users.findVerifiedEmail(accountId);
  const created = await customers.createCustomer({ accountId, email });
  return deps.accounts.setCustomerIfAbsent(accountId, name, created);
}

/** A provider's customer of an account; null where there is none yet. */
export async function findCustomer(
  deps: CustomersNeeds,
  accountId: string,
  { name }: Pick<KeepsCustomers, 'name'> = defaultProvider(deps),
): Promise<string | null> {
  return (await deps.accounts.find(accountId))?.customerIds?.[name] ?? null;
}
