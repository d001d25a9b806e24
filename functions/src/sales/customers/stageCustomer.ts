import type { UnitOfWork } from '@cloud-bridge/base';
import type { OrderProvider } from '../payments/providers.ts';
import type { CustomersNeeds } from './needs.ts';

/** Something that somebody has paid. */
interface Paid {
  readonly accountId: string;
  readonly provider: OrderProvider;
  readonly customerId: string | null;
}

/**
 * Creem makes its customers on its own page: who an account is there is noted with its first payment, and stays. At
 * Stripe an account has its customer before it pays. To be called before the unit's first write.
 */
export async function stageCustomer(
  unit: UnitOfWork,
  deps: CustomersNeeds,
  { accountId, provider, customerId }: Paid,
): Promise<{ write(): void }> {
  if (provider !== 'creem' || customerId === null) return { write: () => {} };
  return deps.accounts.stageCustomerIn(unit, accountId, provider, customerId);
}

/** The same for whoever has paid something that a restore has lost: it may have lost who they are at Stripe, too. */
export async function stageLostCustomer(
  unit: UnitOfWork,
  deps: CustomersNeeds,
  { accountId, provider, customerId }: Paid,
): Promise<{ write(): void }> {
  if (provider === 'usdc' || customerId === null) return { write: () => {} };
  return deps.accounts.stageCustomerIn(unit, accountId, provider, customerId);
}
