import { type IdempotencyKey, idOfKey } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import { forgetCreemCustomer } from '../customers/payerOf.ts';
import { withCustomer } from '../customers/withCustomer.ts';
import { creemCustomerMissing, emailNotVerified, isLost } from '../payments/payments.errors.ts';
import { requireConfigured } from '../payments/providerChoice.ts';
import { checkRedirectUrl } from '../payments/redirectUrl.ts';
import type { PaymentMethodsNeeds } from './needs.ts';

/** The caller's `Idempotency-Key`, or null. What it made is remembered by the provider, for a day. */
type Key = IdempotencyKey | null;

/**
 * Begins to save a card on the caller's own page.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function startSetupIntent(deps: PaymentMethodsNeeds, accountId: string, key: Key) {
  const idempotencyKey = keyFor('setupIntent', accountId, key);
  return withCustomer(deps, accountId, (customerId) => deps.cards.createSetupIntent({ customerId, idempotencyKey }));
}

/**
 * Opens the page on which a card is saved.
 * @throws REDIRECT_NOT_ALLOWED (redirect URLs), IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED,
 *   PAYMENT_PROVIDER_UNAVAILABLE
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
    deps.cards.createSetupCheckout({ customerId, successUrl, cancelUrl, idempotencyKey }),
  );
}

/**
 * Opens a provider's portal.
 * @throws REDIRECT_NOT_ALLOWED, CREEM_NOT_CONFIGURED, CREEM_CUSTOMER_MISSING, EMAIL_NOT_VERIFIED (the customer at Creem
 *   is not provably this one), IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function openPortal(
  deps: PaymentMethodsNeeds,
  accountId: string,
  request: { readonly provider: ProviderName; readonly returnUrl?: string | undefined },
  key: Key,
) {
  if (request.provider === 'creem') return openCreemPortal(deps, accountId);
  const returnUrl = targetOf(deps, 'returnUrl', request.returnUrl);
  const idempotencyKey = keyFor('portal', accountId, key);
  return withCustomer(deps, accountId, (customerId) =>
    deps.cards.createPortal({ customerId, returnUrl, idempotencyKey }),
  );
}

/** Creem's links are made anew each time, which changes nothing. */
async function openCreemPortal(deps: PaymentMethodsNeeds, accountId: string) {
  requireConfigured(deps, 'creem');
  const customerId = (await deps.accounts.find(accountId))?.customerIds?.creem;
  if (!customerId) throw creemCustomerMissing();
  const verifiedEmail = await deps.users.findVerifiedEmail(accountId);
  try {
    if (verifiedEmail === null || verifiedEmail !== (await deps.creem.portal.emailOf(customerId)))
      throw emailNotVerified();
    return { url: await deps.creem.portal.open(customerId), replayed: false };
  } catch (error) {
    if (!isLost(error, 'customer')) throw error;
    await forgetCreemCustomer(deps, accountId, customerId);
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
