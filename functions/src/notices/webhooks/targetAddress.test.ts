import { isAllowedTarget, problemOfUrl, type TargetRules } from './targetAddress.ts';

const PUBLIC: TargetRules = { targets: 'public', refusedPorts: [] };
const LOOPBACK: TargetRules = { targets: 'loopback', refusedPorts: [12111, 80] };

it.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:a9fe:a9fe',
  '::7f00:1',
  '64:ff9b::a00:1',
  '100::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  'example.com',
  '',
])('%j is no public address', (address) => {
  expect(isAllowedTarget(address, 443, PUBLIC)).toBe(false);
});

it.each(['8.8.8.8', '1.1.1.1', '100.128.0.1', '172.32.0.1', '198.20.0.1', '2606:4700::1111', '2001:4860:4860::8888'])(
  '%s is a public address',
  (address) => {
    expect(isAllowedTarget(address, 443, PUBLIC)).toBe(true);
    expect(isAllowedTarget(address, 443, LOOPBACK)).toBe(true);
  },
);

it('the local setting allows loopback, but no other special address', () => {
  expect(['127.0.0.1', '::1'].map((address) => isAllowedTarget(address, 443, LOOPBACK))).toEqual([true, true]);
  for (const address of ['::ffff:127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0', '::', 'fe80::1']) {
    expect(isAllowedTarget(address, 443, LOOPBACK)).toBe(false);
  }
});

it.each([
  ['not a url', 'must be a URL'],
  ['http://example.com/', 'https'],
  ['ftp://example.com/', 'https'],
  ['https://user:secret@example.com/', 'user name'],
  ['https://example.com/#part', 'fragment'],
  ['https://10.0.0.1/', 'private'],
  // Private addresses in other notations that URLs allow.
  ['https://0x7f.1/', 'private'],
  ['https://2130706433/', 'private'],
  ['https://0177.0.0.1/', 'private'],
  ['https://127.1/', 'private'],
  ['https://[::1]/', 'private'],
  ['https://[::ffff:127.0.0.1]/', 'private'],
  ['https://169.254.169.254/latest', 'private'],
  ['http://127.0.0.1:9000/', 'https'],
])('%s is refused', (url, problem) => {
  expect(problemOfUrl(url, PUBLIC)).toContain(problem);
});

it('https to a name or a public address is accepted; plain HTTP only to loopback under the local setting', () => {
  expect(problemOfUrl('https://example.com:8443/hooks?a=1', PUBLIC)).toBeNull();
  expect(problemOfUrl('https://8.8.8.8/', PUBLIC)).toBeNull();
  expect(problemOfUrl('http://127.0.0.1:9000/hook', LOOPBACK)).toBeNull();
  expect(problemOfUrl('http://example.com/hook', LOOPBACK)).toContain('https');
});

it.each([
  'http://127.0.0.1:12111/_local/reset',
  'http://localhost:12111/_local/reset',
  'http://LOCALHOST.:12111/',
  'http://any.localhost:12111/',
  'http://[::1]:12111/',
  'http://127.0.0.2:12111/',
  'http://2130706433:12111/',
  'https://127.0.0.1:12111/',
  'http://localhost/',
])('%s leads to a port of the local suite and is refused', (url) => {
  expect(problemOfUrl(url, LOOPBACK)).toBe('must not lead to a port of the local suite');
});

it('localhost counts as 127.0.0.1', () => {
  expect(problemOfUrl('http://localhost:9000/hook', LOOPBACK)).toBeNull();
  expect(problemOfUrl('http://localhost:9000/hook', PUBLIC)).toContain('https');
  expect(problemOfUrl('https://localhost:9000/hook', PUBLIC)).toContain('private');
  expect(problemOfUrl('http://notlocalhost:9000/hook', LOOPBACK)).toContain('https');
});
