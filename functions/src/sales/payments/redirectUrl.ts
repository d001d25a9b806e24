import { refusedField } from '../../platform/errors/refusal.ts';

const MAX_URL_LENGTH = 2_000;

/**
 * Checks a URL that a payment page may redirect to: absolute, on an allowed origin, without user and password. Parses
 * the URL before comparing origins, because prefixes can be forged (`https://app.example.com@evil.example`).
 * @throws REDIRECT_NOT_ALLOWED naming the field
 */
export function checkRedirectUrl(field: string, url: string, allowedOrigins: readonly string[]): string {
  const refuse = (message: string) => refusedField('REDIRECT_NOT_ALLOWED', field, message);
  if (url.length > MAX_URL_LENGTH) throw refuse(`must have at most ${MAX_URL_LENGTH} characters`);
  // Browsers read a backslash as a slash and drop control characters, and parsers differ, so both are refused.
  if (/[\\\s\p{Cc}]/u.test(url)) throw refuse('must not contain backslashes, spaces or control characters');
  // Without the slashes, the URL would be relative to the page that contains it.
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw refuse('must be an absolute http or https URL');
  const { origin, username, password } = new URL(url);
  if (username || password) throw refuse('must not contain a user or password');
  if (!allowedOrigins.includes(origin)) throw refuse('must be on an allowed origin');
  return url;
}

/**
 * Returns the URLs that a payment page redirects to: the requested ones, or default pages on the first allowed origin.
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
