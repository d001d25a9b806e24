import type { UnitOfWork } from '@cloud-bridge/base';
import { CAPABILITIES } from '../../access/accounts/providerName.ts';
import { isAtProvider, type OrderProvider } from '../payments/orderProvider.ts';
import type { CustomersNeeds } from './needs.ts';

/** A payment's account, provider and customer. */
interface Paid {
  readonly accountId: string;
  readonly provider: OrderProvider;
  readonly customerId: string | null;
}

/**
 * Stores an account's customer, with the first payment, at a provider that creates its customers itself; the first
 * customer stays. At other providers, an account has its customer before it pays. Call this before the unit's first
 * write.
 */
export async function stageCustomer(unit: UnitOfWork, deps: CustomersNeeds, paid: Paid): Promise<{ write(): void }> {
  const isNoted = !isAtProvider(paid) || !CAPABILITIES[paid.provider].makesOwnCustomers;
  return isNoted ? { write: () => {} } : stageLostCustomer(unit, deps, paid);
}

/** Stores the customer of a payment that a restore has lost: the restore may have lost the account's customer, too. */
export async function stageLostCustomer(
  unit: UnitOfWork,
  deps: CustomersNeeds,
  paid: Paid,
): Promise<{ write(): void }> {
  if (!isAtProvider(paid) || paid.customerId === null) return { write: () => {} };
  return deps.accounts.stageCustomerIn(unit, paid.accountId, paid.provider, paid.customerId);
}
