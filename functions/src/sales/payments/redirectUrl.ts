import { refusedField } from '../../platform/errors/refusal.ts';

const MAX_URL_LENGTH = 2_000;

/**
 * A URL to which a payment page may send people: absolute, of an allowed origin, without user and password. Compared as
 * a parsed origin, because prefixes can be forged (`https://app.example.com@evil.example`).
 * @throws REDIRECT_NOT_ALLOWED naming the field
 */
export function checkRedirectUrl(field: string, url: string, allowedOrigins: readonly string[]): string {
  const refuse = (message: string) => refusedField('REDIRECT_NOT_ALLOWED', field, message);
  if (url.length > MAX_URL_LENGTH) throw refuse(`must have at most ${MAX_URL_LENGTH} characters`);
  // Browsers take a backslash for a slash and drop control characters; parsers differ, so neither may be in it.
  if (/[\\\s\p{Cc}]/u.test(url)) throw refuse('must not contain backslashes, spaces or control characters');
  // Without the slashes it would be relative to the page that it is used on.
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw refuse('must be an absolute http or https URL');
  const { origin, username, password } = new URL(url);
  if (username || password) throw refuse('must not contain a user or password');
  if (!allowedOrigins.includes(origin)) throw refuse('must be of an allowed origin');
  return url;
}

/**
 * Where a payment page sends people: to what the request names, or to the pages at home on the first allowed origin.
 * @throws REDIRECT_NOT_ALLOWED
 */
export function redirectTargets(
  allowedOrigins: readonly string[],
  { successUrl, cancelUrl }: { readonly successUrl?: string | undefined; readonly cancelUrl?: string | undefined },
): { successUrl: string; cancelUrl: string } {
  const [home] = allowedOrigins;
  return {
    successUrl:
      successUrl !== undefined
        ? checkRedirectUrl('successUrl', successUrl, allowedOrigins)
        : `${home}/billing/success?billing=success`,
    cancelUrl:
      cancelUrl !== undefined
        ? checkRedirectUrl('cancelUrl', cancelUrl, allowedOrigins)
        : `${home}/billing/canceled?billing=canceled`,
  };
}
