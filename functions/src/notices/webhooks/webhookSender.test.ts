import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebhookSender } from './webhookSender.ts';

const LOOPBACK = { targets: 'loopback', refusedPorts: [] } as const;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(listener: RequestListener): Promise<number> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const message = (url: string) => ({ url, body: '{}', headers: { 'webhook-id': 'evt_1' } });

it('resolves a name once, connects to the checked address and sends the name as the host', async () => {
  const hosts: unknown[] = [];
  const port = await listen((request, response) => {
    hosts.push(request.headers.host);
    response.end('ok');
  });
  const resolve = jest.fn(async () => ['127.0.0.1']);
  const outcome = await new WebhookSender(LOOPBACK, resolve).send(message(`http://receiver.test:${port}/`));
  expect(outcome).toMatchObject({ httpStatus: 200, responseExcerpt: 'ok', error: null });
  expect(resolve).toHaveBeenCalledTimes(1);
  expect(hosts).toEqual([`receiver.test:${port}`]);
});

it.each([
  ['a private address', ['10.0.0.1']],
  ['a private address among public ones', ['8.8.8.8', '169.254.169.254']],
  ['loopback', ['127.0.0.1']],
  ['an IPv4-mapped IPv6 address', ['::ffff:127.0.0.1']],
  ['no address', []],
])('does not connect to a name that resolves to %s', async (_name, addresses) => {
  const requests = jest.fn();
  const port = await listen(requests);
  const sender = new WebhookSender({ targets: 'public', refusedPorts: [] }, async () => addresses);
  const outcome = await sender.send(message(`http://receiver.test:${port}/`));
  expect(outcome).toMatchObject({ httpStatus: null, error: expect.stringContaining('private or special') });
  expect(requests).not.toHaveBeenCalled();
});

it('stops reading an endless response at the size limit, and reports a broken connection as a failure', async () => {
  const port = await listen((_request, response) => {
    const more = () => response.write('y'.repeat(8_192));
    response.on('drain', more);
    while (more());
  });
  const sender = new WebhookSender(LOOPBACK);
  expect(await sender.send(message(`http://127.0.0.1:${port}/`))).toMatchObject({ responseExcerpt: 'y'.repeat(500) });
  server?.removeAllListeners('request').on('request', (request) => request.socket.destroy());
  expect(await sender.send(message(`http://127.0.0.1:${port}/`))).toMatchObject({
    httpStatus: null,
    error: 'The receiver could not be reached (ECONNRESET).',
  });
});

it('does not connect to a port of the local suite through a name', async () => {
  const requests = jest.fn();
  const port = await listen(requests);
  const sender = new WebhookSender({ targets: 'loopback', refusedPorts: [port] }, async () => ['127.0.0.1']);
  expect(await sender.send(message(`http://receiver.test:${port}/_local/reset`))).toMatchObject({ httpStatus: null });
  expect(requests).not.toHaveBeenCalled();
});

it('sends to localhost without asking a name server', async () => {
  const port = await listen((_request, response) => response.end('ok'));
  expect(await new WebhookSender(LOOPBACK).send(message(`http://localhost:${port}/`))).toMatchObject({ error: null });
});
