import { readConfig, readDeliveryUpstreamSecrets } from './config.ts';

const before = { ...process.env };
beforeEach(() => {
  const valid = { ALLOWED_ORIGINS: 'https://example.com', CATALOG: 'cloud-bridge', STRIPE_TAX: 'off' };
  Object.assign(process.env, { ...valid, STRIPE_API_BASE_URL: 'https://api.stripe.com' });
});
afterEach(() => {
  process.env = { ...before };
});

function read(values: Record<string, string>) {
  Object.assign(process.env, values);
  return readConfig();
}

describe('the service that makes deliveries', () => {
  it('is none unless there is an address', () => {
    expect(readConfig()).toMatchObject({ deliveryUpstreamUrl: null, deliveryDeadlineSeconds: 20 });
    expect(read({ DELIVERY_UPSTREAM_URL: '' }).deliveryUpstreamUrl).toBeNull();
  });

  it.each([
    ['https://deliveries.example.com/v1/', 'https://deliveries.example.com/v1'],
    ['http://127.0.0.1:12112', 'http://127.0.0.1:12112'],
  ])('may be at %s', (address, url) => {
    expect(read({ DELIVERY_UPSTREAM_URL: address }).deliveryUpstreamUrl).toBe(url);
  });

  it.each(['http://deliveries.example.com', 'http://127.0.0.1.example.com', 'ftp://x', 'deliveries'])(
    'may not be at %s, and the error says which parameter it is',
    (address) => expect(() => read({ DELIVERY_UPSTREAM_URL: address })).toThrow('deliveryUpstreamUrl'),
  );

  it.each(['1', '41', '2.5', 'soon'])('may not have %s seconds', (seconds) => {
    expect(() => read({ DELIVERY_DEADLINE_SECONDS: seconds })).toThrow('deliveryDeadlineSeconds');
  });

  it('has one secret, or several while it is rotated', () => {
    process.env.DELIVERY_UPSTREAM_SECRET = 'new, old';
    expect(readDeliveryUpstreamSecrets()).toEqual(['new', 'old']);
    process.env.DELIVERY_UPSTREAM_SECRET = '';
    expect(() => readDeliveryUpstreamSecrets()).toThrow('DELIVERY_UPSTREAM_SECRET');
  });
});
