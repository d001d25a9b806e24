import { problemWithXpub } from './extendedKey.ts';

/** Extended keys of BIP-32's test vectors 1 and 2. */
const XPUBS = [
  'xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8',
  'xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw',
  'xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFbdpq8p9HmGsApME5hQTZ3emM2rnY5agb9rXpVGyy3bdW6EEgAtqt',
];
const XPRV =
  'xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi';
/** Invalid keys of test vector 5; one of them is not a point on the curve. */
const INVALID_XPUBS = [
  'xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafEz7mnzBBsz4wKY5fTtTQBm',
  'xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Txnt3siSujt9RCVYsx4qHZGc62TG4McvMGcAUjeuwZdduYEvFn',
  'xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6N8ZMMXctdiCjxTNq964yKkwrkBJJwpzZS4HS2fxvyYUA4q2Xe4',
  'xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91XX27VbEXGENhYRCf7hyEbWrR3FewATdCEebj6znwMfQkhRYHRLpJ',
  'xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Q5JXayek4PRsn35jii4veMimro1xefsM58PgBMrvdYre8QyULY',
];

it.each(XPUBS)('%s is an extended public key', (xpub) => expect(problemWithXpub(xpub)).toBeNull());

it.each(INVALID_XPUBS)('%s is no extended public key, though its checksum is right', (xpub) => {
  expect(problemWithXpub(xpub)).toMatch(/^must be an extended public key/);
});

it('a private key has its own message, which does not repeat the key', () => {
  const problem = problemWithXpub(XPRV);
  expect(problem).toContain('extended private key');
  expect(problem).not.toContain(XPRV.slice(4, 20));
});

it('a mistyped letter is noticed', () => {
  const [xpub = ''] = XPUBS;
  expect(problemWithXpub(`${xpub.slice(0, 50)}2${xpub.slice(51)}`)).toContain('checksum');
});

it.each([
  '',
  'xpub',
  'xpub with spaces',
  `${XPUBS[0]}1`,
  `${XPUBS[0]?.slice(0, -1)}0`,
  'x'.repeat(100_000),
  '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
])('%.30s is no extended key at all', (text) => {
  expect(problemWithXpub(text)).toBe('must be an extended public key (xpub…)');
});

it('a key of another kind is refused', () => {
  // A key of BIP-49; such keys begin with ypub.
  const ypub =
    'ypub6Ww3ibxVfGzLrAH1PNcjyAWenMTbbAosGNB6VvmSEgytSER9azLDWCxoJwW7Ke7icmizBMXrzBx9979FfaHxHcrArf3zbeJJJUZPf663zsP';
  expect(problemWithXpub(ypub)).toContain('another kind');
});
