import type { UnitOfWork } from '@cloud-bridge/base';
import { CAPABILITIES } from '../../access/accounts/providerName.ts';
import { isAtProvider, type OrderProvider } from '../payments/orderProvider.ts';
import type { CustomersNeeds } from './needs.ts';

/** Something that somebody has paid. */
interface Paid {
  readonly accountId: string;
  readonly provider: OrderProvider;
  readonly customerId: string | null;
}

/**
 * Notes who an account is at a provider that makes its customers itself, with the first payment; the first customer
 * stays. At other providers an account has its customer before it pays. To be called before the unit's first write.
 */
export async function stageCustomer(unit: UnitOfWork, deps: CustomersNeeds, paid: Paid): Promise<{ write(): void }> {
  const isNoted = !isAtProvider(paid) || !CAPABILITIES[paid.provider].makesOwnCustomers;
  return isNoted ? { write: () => {} } : stageLostCustomer(unit, deps, paid);
}

/** Notes who has paid something that a restore has lost: the restore may have lost the account's customer, too. */
export async function stageLostCustomer(
  unit: UnitOfWork,
  deps: CustomersNeeds,
  paid: Paid,
): Promise<{ write(): void }> {
  if (!isAtProvider(paid) || paid.customerId === null) return { write: () => {} };
  return deps.accounts.stageCustomerIn(unit, paid.accountId, paid.provider, paid.customerId);
}
