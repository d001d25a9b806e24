import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Throttled } from '@cloud-bridge/base';
import * as z from 'zod';
import { CreemClient } from './creem/creemClient.ts';
import { callStripe } from './stripe/callStripe.ts';
import { createStripeClient } from './stripe/stripeClient.ts';

let server: Server;
let url: string;
let retryAfter: string | undefined;
let questions = 0;
beforeAll(async () => {
  server = createServer((_request, response) => {
    questions += 1;
    const headers = { 'content-type': 'application/json', ...(retryAfter && { 'retry-after': retryAfter }) };
    response.writeHead(429, headers).end('{"error": {"type": "invalid_request_error", "code": "rate_limit"}}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  questions = 0;
});

const ask = {
  Stripe: () => callStripe(() => createStripeClient('sk_test_1', url).events.list()),
  Creem: () => new CreemClient(url, () => '').get('/v1/checkouts', {}, { schema: z.unknown() }),
};

describe.each(['Stripe', 'Creem'] as const)('a 429 of %s', (provider) => {
  it.each([
    ['with Retry-After in seconds', '17', 17, 17],
    ['without Retry-After', undefined, null, 5],
    ['with a Retry-After that is no number', 'soon', null, 5],
  ])('%s becomes Throttled, and is not retried at once', async (_name, header, askedSeconds, retryAfterSeconds) => {
    retryAfter = header;
    const error = await ask[provider]().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(Throttled);
    expect(error).toMatchObject({
      code: 'PAYMENT_PROVIDER_UNAVAILABLE',
      askedSeconds,
      retryAfterSeconds,
    });
    expect(questions).toBe(1);
  });
});
