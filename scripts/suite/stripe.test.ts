import { chooseStripe } from './stripe.ts';
import type { SuiteUrls } from './urls.ts';

const urls = { stripe: 'http://127.0.0.1:12111' } as SuiteUrls;

describe('chooseStripe', () => {
  it('is the local one by default', () => {
    expect(chooseStripe(urls, {})).toMatchObject({ local: true, apiBaseUrl: urls.stripe });
    expect(chooseStripe(urls, { STRIPE_SECRET_KEY: '' }).local).toBe(true);
  });

  it.each(['sk_test_1', 'rk_test_1'])('is the real one with a test key (%s)', (secretKey) => {
    const env = { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: 'whsec_1' };
    expect(chooseStripe(urls, env)).toMatchObject({ local: false, secretKey, webhookSecrets: 'whsec_1' });
    expect(chooseStripe(urls, env).apiBaseUrl).toBe('https://api.stripe.com');
  });

  it.each(['sk_live_1', 'rk_live_1', 'pk_test_1', 'x'])('refuses %s', (key) => {
    expect(() => chooseStripe(urls, { STRIPE_SECRET_KEY: key })).toThrow(/test key/);
  });
});
