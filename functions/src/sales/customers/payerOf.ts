import type { OrderProvider } from '../payments/orderProvider.ts';
import { isLost } from '../payments/payments.errors.ts';
import { ensureCustomer } from './ensureCustomer.ts';
import type { CustomersNeeds } from './needs.ts';
import { withCustomer } from './withCustomer.ts';

/** Who is about to pay, as a provider knows or may get to know them. */
export interface Payer {
  /** Null where the provider makes its customer on its own page, and hasn't yet. */
  readonly customerId: string | null;
  /** The address that they have proved to be theirs; a provider's page asks who has none. */
  readonly email: string | null;
  /** Who it is going to be for sure. At Creem that is only known of who has paid: people may type another address. */
  readonly certainCustomerId: string | null;
}

/** What is paid, and through whom. */
interface Payable {
  readonly accountId: string;
  readonly provider: OrderProvider;
}

/**
 * Does something with who pays for an account's order on a provider's page. A customer that the provider no longer has
 * is replaced once: at Stripe by a new one, at Creem by whoever will pay.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function withPayer<T>(
  deps: CustomersNeeds,
  payable: Payable,
  use: (payer: Payer) => Promise<T>,
): Promise<T> {
  const { accountId, provider } = payable;
  if (provider === 'stripe') return withCustomer(deps, accountId, (customerId) => use(stripePayer(customerId)));
  const payer = await payerOf(deps, payable);
  try {
    return await use(payer);
  } catch (error) {
    if (payer.customerId === null || !isLost(error, 'customer')) throw error;
    await forgetCreemCustomer(deps, accountId, payer.customerId);
    return use({ ...payer, customerId: null });
  }
}

/** Creem makes its customers itself: the next payment tells who takes the place of one that is gone. */
export async function forgetCreemCustomer(deps: CustomersNeeds, accountId: string, lostId: string): Promise<void> {
  deps.logger.warn('a customer was gone at Creem and is forgotten', { accountId, customerId: lostId });
  await deps.accounts.replaceCustomer(accountId, 'creem', lostId, null);
}

function stripePayer(customerId: string): Payer {
  return { customerId, email: null, certainCustomerId: customerId };
}

/**
 * Who pays for an account's order on a provider's page.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function payerOf(deps: CustomersNeeds, { accountId, provider }: Payable): Promise<Payer> {
  if (provider === 'stripe') {
    return stripePayer(await ensureCustomer(deps, accountId));
  }
  const account = await deps.accounts.find(accountId);
  const customerId = account?.customerIds?.creem ?? null;
  return { customerId, email: await deps.users.findVerifiedEmail(accountId), certainCustomerId: null };
}
