import { chooseStripe, requireStripe } from './stripe.ts';
import type { SuiteUrls } from './urls.ts';

const urls = { stripe: 'http://127.0.0.1:12111' } as SuiteUrls;

describe('chooseStripe', () => {
  it('chooses the local Stripe by default', () => {
    expect(chooseStripe(urls, {})).toMatchObject({ local: true, apiBaseUrl: urls.stripe });
    expect(chooseStripe(urls, { STRIPE_SECRET_KEY: '' }).local).toBe(true);
  });

  it.each(['sk_test_1', 'rk_test_1'])('chooses the real Stripe with a test key (%s)', (secretKey) => {
    const env = { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: 'whsec_1' };
    expect(chooseStripe(urls, env)).toMatchObject({ local: false, secretKey, webhookSecrets: 'whsec_1' });
    expect(chooseStripe(urls, env).apiBaseUrl).toBe('https://api.stripe.com');
  });

  it.each(['sk_live_1', 'rk_live_1', 'pk_test_1', 'x'])('refuses %s', (key) => {
    expect(() => chooseStripe(urls, { STRIPE_SECRET_KEY: key })).toThrow(/test key/);
  });
});

describe('requireStripe', () => {
  it('returns the Stripe of the test key, at its own or another address', () => {
    const env = { STRIPE_SECRET_KEY: 'sk_test_1' };
    expect(requireStripe(urls, env)).toMatchObject({ local: false, apiBaseUrl: 'https://api.stripe.com' });
    const elsewhere = { ...env, STRIPE_API_BASE_URL: 'http://127.0.0.1:1' };
    expect(requireStripe(urls, elsewhere).apiBaseUrl).toBe('http://127.0.0.1:1');
  });

  it('throws a Problem without a key, and refuses a live key', () => {
    expect(() => requireStripe(urls, {})).toThrow(/nothing was tested/);
    expect(() => requireStripe(urls, { STRIPE_SECRET_KEY: '' })).toThrow(/nothing was tested/);
    expect(() => requireStripe(urls, { STRIPE_SECRET_KEY: 'sk_live_1' })).toThrow(/live key/);
  });
});
