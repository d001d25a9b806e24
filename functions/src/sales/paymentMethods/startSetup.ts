import { type IdempotencyKey, idOfKey } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import { findCustomer } from '../customers/ensureCustomer.ts';
import { forgetCustomer } from '../customers/payerOf.ts';
import { withCustomer } from '../customers/withCustomer.ts';
import type { PortalRequest } from '../payments/customerPortal.ts';
import { creemCustomerMissing, isLost } from '../payments/payments.errors.ts';
import { defaultProvider } from '../payments/providers.ts';
import { checkRedirectUrl } from '../payments/redirectUrl.ts';
import type { PaymentMethodsNeeds } from './needs.ts';

/** The caller's `Idempotency-Key`, or null. The provider remembers the key's result for a day. */
type Key = IdempotencyKey | null;

/**
 * Starts saving a card on the caller's own page.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function startSetupIntent(deps: PaymentMethodsNeeds, accountId: string, key: Key) {
  const idempotencyKey = keyFor('setupIntent', accountId, key);
  return withCustomer(deps, accountId, (customerId) =>
    defaultProvider(deps).cards.createSetupIntent({ customerId, idempotencyKey }),
  );
}

/**
 * Opens the provider's page on which a card is saved.
 * @throws REDIRECT_NOT_ALLOWED, IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function startSetupCheckout(
  deps: PaymentMethodsNeeds,
  accountId: string,
  request: { readonly successUrl?: string | undefined; readonly cancelUrl?: string | undefined },
  key: Key,
) {
  const successUrl = targetOf(deps, 'successUrl', request.successUrl);
  const cancelUrl = targetOf(deps, 'cancelUrl', request.cancelUrl);
  const idempotencyKey = keyFor('setupCheckout', accountId, key);
  return withCustomer(deps, accountId, (customerId) =>
    defaultProvider(deps).cards.createSetupCheckout({ customerId, successUrl, cancelUrl, idempotencyKey }),
  );
}

/**
 * Opens a provider's portal.
 * @throws REDIRECT_NOT_ALLOWED, CREEM_NOT_CONFIGURED, CREEM_CUSTOMER_MISSING, EMAIL_NOT_VERIFIED (no verified address,
 *   or not that of Creem's customer), IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function openPortal(
  deps: PaymentMethodsNeeds,
  accountId: string,
  request: { readonly provider: ProviderName; readonly returnUrl?: string | undefined },
  key: Key,
) {
  const provider = deps.providers[request.provider];
  provider.requireConfigured();
  const { name, customers, portal } = provider;
  const page = {
    verifiedEmail: () => deps.users.findVerifiedEmail(accountId),
    returnUrl: targetOf(deps, 'returnUrl', request.returnUrl),
    idempotencyKey: keyFor('portal', accountId, key),
  };
  if (!customers) return openPortalOfPayer(deps, { accountId, provider: name }, page);
  return withCustomer(deps, accountId, (customerId) => portal.open({ ...page, customerId }), { name, customers });
}

/** Opens the portal of a provider that creates its customers itself, so only accounts that have paid can open it. */
async function openPortalOfPayer(
  deps: PaymentMethodsNeeds,
  payer: { readonly accountId: string; readonly provider: ProviderName },
  page: Omit<PortalRequest, 'customerId'>,
) {
  const { accountId, provider } = payer;
  const customerId = await findCustomer(deps, accountId, { name: provider });
  if (!customerId) throw creemCustomerMissing();
  try {
    return await deps.providers[provider].portal.open({ ...page, customerId });
  } catch (error) {
    if (!isLost(error, 'customer')) throw error;
    await forgetCustomer(deps, payer, customerId);
    throw creemCustomerMissing();
  }
}

function targetOf(deps: PaymentMethodsNeeds, field: string, url: string | undefined): string {
  const { allowedOrigins } = deps.config;
  return url === undefined ? `${allowedOrigins[0]}/` : checkRedirectUrl(field, url, allowedOrigins);
}

function keyFor(what: string, accountId: string, key: Key): string | null {
  return key && idOfKey({ account: accountId }, what, key);
}
