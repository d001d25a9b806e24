import { API_KEY_KINDS, claimedKind, isWellFormedSecret, KEY_PREFIX } from './apiKey.ts';
import { newSecret } from './newSecret.ts';

describe.each(API_KEY_KINDS)('a %s key', (kind) => {
  it('begins with its prefix and has at least 128 random bits', () => {
    const secret = newSecret(kind);
    expect(secret.startsWith(KEY_PREFIX[kind])).toBe(true);
    const randomLength = secret.length - KEY_PREFIX[kind].length - 6;
    expect(randomLength * Math.log2(62)).toBeGreaterThanOrEqual(128);
    expect(claimedKind(secret)).toBe(kind);
  });

  it('is well-formed, and malformed after a change of any character', () => {
    const secret = newSecret(kind);
    expect(isWellFormedSecret(secret)).toBe(true);
    for (let index = 0; index < secret.length; index += 1) {
      const other = secret[index] === 'a' ? 'b' : 'a';
      expect(isWellFormedSecret(secret.slice(0, index) + other + secret.slice(index + 1))).toBe(false);
    }
  });
});

it('a thousand secrets are all different', () => {
  const secrets = Array.from({ length: 1_000 }, () => newSecret('live'));
  expect(new Set(secrets).size).toBe(secrets.length);
});

it.each(['', 'ndsp_live_', 'ndsp_live_short', 'mk_', 'sk_live_0000', 'ndsp_live_../../../etc/passwd00000000000000000'])(
  'refuses %j as a key',
  (text) => expect(isWellFormedSecret(text)).toBe(false),
);
