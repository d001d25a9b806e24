import { notFound } from '../../platform/errors/refusal.ts';
import { findCustomer } from '../customers/ensureCustomer.ts';
import type { PaymentMethod } from '../payments/cardProvider.ts';
import { defaultProvider } from '../payments/providers.ts';
import type { PaymentMethodsNeeds } from './needs.ts';

/**
 * Lists an account's saved payment methods, newest first. An account without a customer has none.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function listPaymentMethods(deps: PaymentMethodsNeeds, accountId: string): Promise<PaymentMethod[]> {
  const customerId = await findCustomer(deps, accountId);
  return customerId === null ? [] : defaultProvider(deps).cards.listMethods(customerId);
}

/**
 * Makes one of the account's payment methods the default, which is charged.
 * @throws PAYMENT_METHOD_NOT_FOUND for a method that isn't the account's
 */
export async function setDefaultPaymentMethod(
  deps: PaymentMethodsNeeds,
  accountId: string,
  methodId: string,
): Promise<PaymentMethod> {
  const { customerId, method } = await findOwn(deps, accountId, methodId);
  await defaultProvider(deps).cards.setDefaultMethod(customerId, method.id);
  return { ...method, isDefault: true };
}

/**
 * Removes one of the account's payment methods, and returns it.
 * @throws PAYMENT_METHOD_NOT_FOUND for a method that isn't the account's
 */
export async function removePaymentMethod(
  deps: PaymentMethodsNeeds,
  accountId: string,
  methodId: string,
): Promise<PaymentMethod> {
  const { method } = await findOwn(deps, accountId, methodId);
  await defaultProvider(deps).cards.removeMethod(method.id);
  return { ...method, isDefault: false };
}

async function findOwn(deps: PaymentMethodsNeeds, accountId: string, methodId: string) {
  const customerId = await findCustomer(deps, accountId);
  if (customerId === null) throw notFound('PAYMENT_METHOD_NOT_FOUND');
  const method = (await defaultProvider(deps).cards.listMethods(customerId)).find(({ id }) => id === methodId);
  if (!method) throw notFound('PAYMENT_METHOD_NOT_FOUND');
  return { customerId, method };
}
