import { createHmac } from 'node:crypto';
import { signatureHeader } from './signatureHeader.ts';

const request = { method: 'POST', path: '/deliveries', body: '{"id":"dlv_1"}' };

it('signs time, method, path and body', () => {
  const signed = '1700000000.POST./deliveries.{"id":"dlv_1"}';
  const digest = createHmac('sha256', 'secret').update(signed).digest('hex');
  expect(signatureHeader(request, ['secret'], 1_700_000_000)).toBe(`t=1700000000,v1=${digest}`);
});

it('signs with every secret while one is being rotated', () => {
  const [time, first, second] = signatureHeader(request, ['old', 'new'], 1).split(',');
  expect(time).toBe('t=1');
  expect(signatureHeader(request, ['old'], 1)).toBe(`t=1,${first}`);
  expect(signatureHeader(request, ['new'], 1)).toBe(`t=1,${second}`);
});

it.each([
  { ...request, method: 'GET' },
  { ...request, path: '/deliveries/dlv_1' },
  { ...request, body: '{"id":"dlv_2"}' },
])('gives another signature for %j', (other) => {
  expect(signatureHeader(other, ['secret'], 1)).not.toBe(signatureHeader(request, ['secret'], 1));
});
