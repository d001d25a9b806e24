import type { KeepsCustomers } from '../payments/customerProvider.ts';
import { isLost } from '../payments/payments.errors.ts';
import { defaultProvider } from '../payments/providers.ts';
import { ensureCustomer, findCustomer } from './ensureCustomer.ts';
import type { CustomersNeeds } from './needs.ts';

/**
 * Calls `use` with an account's customer at a provider. If the customer was deleted there, creates a new customer and
 * calls `use` a second time. Concurrent requests create one replacement.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function withCustomer<T>(
  deps: CustomersNeeds,
  accountId: string,
  use: (customerId: string) => Promise<T>,
  provider: KeepsCustomers = defaultProvider(deps),
): Promise<T> {
  const customerId = await ensureCustomer(deps, accountId, provider);
  try {
    return await use(customerId);
  } catch (error) {
    if (!isLost(error, 'customer')) throw error;
    return use(await replaceCustomer(deps, provider, accountId, customerId));
  }
}

async function replaceCustomer(
  deps: CustomersNeeds,
  { name, customers }: KeepsCustomers,
  accountId: string,
  lostId: string,
): Promise<string> {
  const known = await findCustomer(deps, accountId, { name });
  if (known && known !== lostId) return known;
  deps.logger.warn('a customer was gone at the provider and is made again', {
    accountId,
    provider: name,
    customerId: lostId,
  });
  const email = await deps.users.findVerifiedEmail(accountId);
  const created = await customers.createCustomer({ accountId, email, replaces: lostId });
  return deps.accounts.replaceCustomer(accountId, name, lostId, created);
}
