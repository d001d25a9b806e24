import type { IncomingMessage } from 'node:http';
import { clientAddress } from './clientAddress.ts';

const request = (forwardedFor?: string) =>
  ({
    headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
    socket: { remoteAddress: '192.0.2.9' },
  }) as unknown as IncomingMessage;

it.each([
  ['203.0.113.7', 0, '203.0.113.7'],
  ['198.51.100.1, 203.0.113.7', 0, '203.0.113.7'],
  ['198.51.100.1,203.0.113.7', 0, '203.0.113.7'],
  ['198.51.100.1, 203.0.113.7, 192.0.2.1', 1, '203.0.113.7'],
  ['203.0.113.7', 1, null],
  ['203.0.113.7,', 0, null],
  ['', 0, null],
] as const)('%j behind %i proxies comes from %s', (forwardedFor, hops, expected) =>
  expect(clientAddress(request(forwardedFor), hops)).toBe(expected),
);

it('without the header, is the remote address of the connection', () =>
  expect(clientAddress(request(), 0)).toBe('192.0.2.9'));
