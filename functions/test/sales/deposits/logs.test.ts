import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from '../../support/apiClient.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { newPerson } from '../../support/people.ts';

const SECRET = 'node-key-that-nobody-may-read';
const XPUB =
  'xpub6DyUKdwoLWmUJ4Tn9Bbsdtx7B5Ws18mEN19e5HT52ikE53FiUheSQXrZUNPovqfyKmw4579A1Mm3GXXKM39N64uooBfJ4tNAzFsEbodRTx4';
const TX_HASH = `0x${'1'.repeat(64)}`;

/** A node that fails in one of the typical ways. */
let node: Server;
let answer: (url: string) => { status: number; body: string } | null;
let asked: number;
beforeAll(async () => {
  node = createServer((request, response) => {
    asked += 1;
    const reply = answer(String(request.url));
    if (!reply) return request.socket.destroy();
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  asked = 0;
});
afterAll(() => node.close());

const environment = () => ({
  USDC_DEPOSIT_XPUB: XPUB,
  USDC_RPC_URL: `http://127.0.0.1:${(node.address() as AddressInfo).port}/v2/${SECRET}`,
});

/** Serves a function with that node, and returns everything that the function prints. */
async function outputOf(target: string, body: (instance: Framework) => Promise<void>): Promise<string> {
  const instance = await startFramework(target, environment());
  try {
    await body(instance);
  } finally {
    await instance.stop();
  }
  return instance.output();
}

describe.each([
  ['refuses', (url: string) => ({ status: 401, body: JSON.stringify({ error: `no access to ${url}` }) })],
  ['closes the connection', () => null],
  ['answers with invalid JSON', (url: string) => ({ status: 200, body: `see https://node.example.com${url}` })],
])('a node that %s', (_name, failure) => {
  beforeEach(() => {
    answer = failure;
  });

  it('has its key in no log line and no response of the API', async () => {
    const person = await newPerson();
    const output = await outputOf('api', async ({ url }) => {
      const options = { body: { txHash: TX_HASH, amount: 50 }, headers: { authorization: `Bearer ${person.idToken}` } };
      const reply = await send('POST', '/billing/verify-topup', options, url);
      reply.expect(503);
      expect(reply.text).not.toContain(SECRET);
    });
    expect(asked).toBeGreaterThan(0);
    expect(output).toContain('request failed');
    expect(output).not.toContain(SECRET);
  });

  it('has its key in no log line of the scan', async () => {
    const output = await outputOf('scanUsdcDeposits', async ({ url }) => {
      await fetch(url, { method: 'POST', body: '{}' });
    });
    expect(asked).toBeGreaterThan(0);
    expect(output).toContain('deposits could not be scanned');
    expect(output).not.toContain(SECRET);
  });
});
