import {
  readConfig,
  readDeliveryUpstreamSecrets,
  readDeploymentKeys,
  readMaintenance,
  readUsdcRpcUrl,
} from './config.ts';

const before = { ...process.env };
beforeEach(() => {
  const valid = {
    ALLOWED_ORIGINS: 'https://example.com',
    CATALOG: 'cloud-bridge',
    STRIPE_TAX: 'off',
    GCLOUD_PROJECT: 'demo',
  };
  Object.assign(process.env, { ...valid, STRIPE_API_BASE_URL: 'https://api.stripe.com' });
});
afterEach(() => {
  process.env = { ...before };
});

function read(values: Record<string, string>) {
  Object.assign(process.env, values);
  return readConfig();
}

describe('the delivery service', () => {
  it('is not configured without an address', () => {
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
    'may not be at %s, and the error names the parameter',
    (address) => expect(() => read({ DELIVERY_UPSTREAM_URL: address })).toThrow('deliveryUpstreamUrl'),
  );

  it.each(['1', '41', '2.5', 'soon'])('may not have a deadline of %s seconds', (seconds) => {
    expect(() => read({ DELIVERY_DEADLINE_SECONDS: seconds })).toThrow('deliveryDeadlineSeconds');
  });

  it.each([
    ['DELIVERY_DEADLINE_SECONDS', '41', 'must be 2 to 40', 'deliveryDeadlineSeconds'],
    ['DELIVERY_DEADLINE_SECONDS', 'soon', 'must be a number', 'deliveryDeadlineSeconds'],
    ['DELIVERY_UPSTREAM_URL', 'http://example.com', 'must be an https address', 'deliveryUpstreamUrl'],
    ['STRIPE_TAX', 'on', 'must be one of off, exclusive, inclusive', 'stripeTax'],
  ])('refuses %s with the value %s in an error that says what is expected', (name, value, message, field) => {
    expect(() => read({ [name]: value })).toThrow(new Error(`Configuration: ✖ ${message}\n  → at ${field}`));
  });

  it('has one secret, or several during a rotation', () => {
    process.env.DELIVERY_UPSTREAM_SECRET = 'new, old';
    expect(readDeliveryUpstreamSecrets()).toEqual(['new', 'old']);
    process.env.DELIVERY_UPSTREAM_SECRET = '';
    expect(() => readDeliveryUpstreamSecrets()).toThrow('DELIVERY_UPSTREAM_SECRET');
  });
});

describe('the deployment', () => {
  it('has the id of its project unless an id is set', () => {
    expect(read({ DEPLOYMENT_ID: '' }).deploymentId).toBe('demo');
    expect(read({ DEPLOYMENT_ID: 'shop-1' }).deploymentId).toBe('shop-1');
    expect(() => read({ DEPLOYMENT_ID: 'my shop' })).toThrow('deploymentId');
  });

  it('has one key, or several during a rotation, and refuses short keys', () => {
    const [one, other] = ['a'.repeat(32), 'b'.repeat(32)];
    process.env.DEPLOYMENT_KEYS = `${one}, ${other}`;
    expect(readDeploymentKeys()).toEqual([one, other]);
    for (const keys of ['', ',', 'short', `${one},short`]) {
      process.env.DEPLOYMENT_KEYS = keys;
      expect(() => readDeploymentKeys()).toThrow('DEPLOYMENT_KEYS');
    }
  });
});

describe('USDC', () => {
  const xpub =
    'xpub6DyUKdwoLWmUJ4Tn9Bbsdtx7B5Ws18mEN19e5HT52ikE53FiUheSQXrZUNPovqfyKmw4579A1Mm3GXXKM39N64uooBfJ4tNAzFsEbodRTx4';
  const xprv =
    'xprv9zz7v8QuW9DB5aPK3A4sGm1Nd3gNbg3NznE3Gu3TUPDFCEvZwALBrjY5d5h8eyKywqqFkKXDaxAKsmL4qVMzN3wBGaC2h3WoJT74EVuGwZi';

  it('is not accepted without an extended public key, whatever else is set', () => {
    expect(readConfig().usdc).toBeNull();
    expect(read({ USDC_DEPOSIT_XPUB: '', USDC_CHAIN: 'moon', USDC_CONFIRMATIONS: 'soon' }).usdc).toBeNull();
  });

  it('needs only the extended public key', () => {
    const { usdc } = read({ USDC_DEPOSIT_XPUB: xpub });
    expect(usdc).toEqual({ depositXpub: xpub, chain: 'base', confirmations: 30 });
  });

  it('may be accepted on the test network', () => {
    const set = { USDC_CHAIN: 'base-sepolia', USDC_CONFIRMATIONS: '1' };
    const { usdc } = read({ USDC_DEPOSIT_XPUB: xpub, ...set });
    expect(usdc).toEqual({ depositXpub: xpub, chain: 'base-sepolia', confirmations: 1 });
  });

  it('is read from a node whose address is a secret, or from the public node', () => {
    process.env.USDC_RPC_URL = 'https://base.example.com/v2/key';
    expect(readUsdcRpcUrl()).toBe('https://base.example.com/v2/key');
    process.env.USDC_RPC_URL = 'public';
    expect(readUsdcRpcUrl()).toBeNull();
    process.env.USDC_RPC_URL = 'http://base.example.com/v2/key';
    expect(readUsdcRpcUrl).toThrow('USDC_RPC_URL');
    expect(readUsdcRpcUrl).not.toThrow('v2/key');
  });

  it('refuses an extended private key, and does not repeat it in the error', () => {
    const attempt = () => read({ USDC_DEPOSIT_XPUB: xprv });
    expect(attempt).toThrow('must not be an extended private key');
    expect(attempt).toThrow('usdc.depositXpub');
    expect(attempt).not.toThrow(xprv.slice(0, 20));
  });

  it.each([
    ['USDC_DEPOSIT_XPUB', `${xpub.slice(0, -1)}5`, 'usdc.depositXpub'],
    ['USDC_DEPOSIT_XPUB', '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', 'usdc.depositXpub'],
    ['USDC_CHAIN', 'ethereum', 'usdc.chain'],
    ['USDC_CONFIRMATIONS', '0', 'usdc.confirmations'],
    ['USDC_CONFIRMATIONS', '1.5', 'usdc.confirmations'],
    ['USDC_CONFIRMATIONS', 'many', 'usdc.confirmations'],
  ])('may not have %s %s, and the error names the parameter', (name, value, parameter) => {
    expect(() => read({ USDC_DEPOSIT_XPUB: xpub, [name]: value })).toThrow(parameter);
  });
});

describe('maintenance', () => {
  it('is off and has no switch by default', () => {
    expect(readMaintenance()).toEqual({ isOn: false, databaseId: null });
  });

  it('is switched on by a deployment, or by a switch in a database', () => {
    Object.assign(process.env, { MAINTENANCE: 'on', MAINTENANCE_DATABASE: 'maintenance' });
    expect(readMaintenance()).toEqual({ isOn: true, databaseId: 'maintenance' });
  });

  it.each([
    ['MAINTENANCE', 'maybe', 'isOn'],
    ['MAINTENANCE_DATABASE', '(default)', 'databaseId'],
  ])('%s can’t be %s', (name, value, field) => {
    Object.assign(process.env, { [name]: value });
    expect(readMaintenance).toThrow(field);
  });
});
