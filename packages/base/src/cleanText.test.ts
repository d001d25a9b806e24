import { BaseError, HttpRequestError } from 'viem';
import { cleanError, cleanErrorOf, cleanLogger, cleanText, cleanValue } from './cleanText.ts';

it.each([
  ['https://base.example.com/v2/secret-key', 'https://base.example.com/…'],
  ['URL: https://base.example.com:8443/v2/secret-key?a=b.', 'URL: https://base.example.com:8443/…'],
  ['https://user:secret-key@example.com', 'https://example.com/…'],
  ['wss://example.com/#secret-key', 'wss://example.com/…'],
  ['postgres://user:secret-key@db.example.com/x', 'postgres://db.example.com/…'],
  [
    '(https://example.com/secret-key) and http://other.example.com',
    '(https://example.com/… and http://other.example.com',
  ],
  ['{"url":"https:\\/\\/example.com\\/secret-key"}', '{"url":"https://example.com/…"}'],
  ['HTTPS://EXAMPLE.COM/secret-key', 'https://example.com/…'],
  ['next=https%3A%2F%2Fexample.com%2Fsecret-key&x=1', 'next=https%3A%2F%2F…&x=1'],
  ['https://[secret-key/', 'https://…'],
  ['at run (file:///workspace/lib/index.js:1:2)', 'at run (file:///workspace/lib/index.js:1:2)'],
  ['https://example.com', 'https://example.com'],
  ['nothing of that kind: a/b, 1 // 2', 'nothing of that kind: a/b, 1 // 2'],
])('of %s is left %s', (text, clean) => {
  expect(cleanText(text)).toBe(clean);
});

/** An error as viem throws it for a node with a key in its URL, wrapped in other errors. */
function failure(): Error {
  const url = 'https://base.example.com/v2/secret-key';
  const inner = new HttpRequestError({
    url,
    body: { method: 'eth_chainId' },
    cause: new Error(`no answer from ${url}`),
  });
  return new AggregateError([new BaseError('failed', { cause: inner })], 'all failed', {
    cause: { url, deep: [inner] },
  });
}

it('a cleaned error keeps its causes and loses its URLs', () => {
  expect(String(failure().cause && JSON.stringify(failure().cause))).toContain('secret-key');
  const { stack, message } = cleanError(failure());
  expect(message).toBe('all failed');
  expect(stack).toContain('caused by: ');
  expect(stack).toContain('https://base.example.com/…');
  expect(stack).not.toContain('secret-key');
  expect(cleanError('https://example.com/secret-key').message).toBe('https://example.com/…');
});

it('a cleaned error of a service with a secret URL contains no part of that URL', () => {
  const address = 'https://user:pass-word-1@base.example.com/v2/secret-key?token=other-key';
  const words = 'no v2 for /v2/secret-key, other-key or pass-word-1';
  const { message, stack } = cleanErrorOf(address, new Error(words, { cause: failure() }));
  expect(message).toBe('no v2 for /v2/…, … or …');
  for (const key of ['secret-key', 'other-key', 'pass-word-1']) expect(stack).not.toContain(key);
});

it('a clean logger writes only the origins of URLs, in messages and in fields', () => {
  const lines: unknown[] = [];
  const write = (...line: unknown[]) => void lines.push(line);
  const logger = cleanLogger({ info: write, warn: write, error: write });
  const url = 'https://example.com/secret-key';
  logger.info(`asked ${url}`);
  logger.warn('asked', { url, list: [{ url }, new URL(url)], [url]: 1, at: new Date(0), none: null, big: 1n });
  logger.error('failed', { cause: failure(), circle: circular() });
  const written = JSON.stringify(lines, (_name, value) => (typeof value === 'bigint' ? Number(value) : value));
  expect(written).not.toContain('secret-key');
  expect(lines[1]).toEqual([
    'asked',
    {
      url: 'https://example.com/…',
      list: [{ url: 'https://example.com/…' }, 'https://example.com/…'],
      'https://example.com/…': 1,
      at: '1970-01-01T00:00:00.000Z',
      none: null,
      big: 1n,
    },
  ]);
});

function circular(): object {
  const value: { self?: object; url: string } = { url: 'https://example.com/secret-key' };
  value.self = value;
  return value;
}

it('values other than texts stay unchanged', () => {
  expect(cleanValue({ a: 1, b: [true, undefined], c: null })).toEqual({ a: 1, b: [true, undefined], c: null });
});
