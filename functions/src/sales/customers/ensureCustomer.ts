import type { CustomersNeeds } from './needs.ts';

/**
 * The provider's customer of an account, made on first need. However many callers need it at once, the provider makes
 * one (its idempotency key derives from the account), and the first that is noted stays as long as the provider has it.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function ensureCustomer(deps: CustomersNeeds, accountId: string): Promise<string> {
  const account = await deps.accounts.find(accountId);
  const known = account?.customerIds?.stripe;
  if (known) return known;
  // Receipts go there: never to an address that somebody has only typed.
  const email = await deps.users.findVerifiedEmail(accountId);
  const created = await deps.cards.createCustomer({ accountId, email });
  return deps.accounts.setCustomerIfAbsent(accountId, 'stripe', created);
}

/** The same, but null where there is none yet. */
export async function findCustomer(deps: CustomersNeeds, accountId: string): Promise<string | null> {
  return (await deps.accounts.find(accountId))?.customerIds?.stripe ?? null;
}
