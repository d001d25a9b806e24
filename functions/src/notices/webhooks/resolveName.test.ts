import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { addressesIn, isLocalhost, nameResolver } from './resolveName.ts';

const A = 1;
let server: Socket;
let address: string;
/** The questions that the name server got, in order of time. */
let asked: string[];

/** A name server that knows `answered.test`, answers that `missing.test` doesn't exist, and ignores other names. */
beforeEach(async () => {
  asked = [];
  server = createSocket('udp4');
  server.on('message', (query, { port }) => {
    const { name, type } = questionOf(query);
    asked.push(name);
    const hasAddress = name === 'answered.test' && type === A;
    if (name === 'answered.test' || name === 'missing.test') {
      server.send(answerTo(query, hasAddress ? '8.8.4.4' : null, name === 'missing.test'), port);
    }
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  address = `127.0.0.1:${server.address().port}`;
});
afterEach(() => server.close());

/** Reads name and type from a question: https://www.rfc-editor.org/rfc/rfc1035#section-4.1.2. */
function questionOf(query: Buffer): { name: string; type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1) };
}

function answerTo(query: Buffer, ipv4: string | null, isUnknown: boolean): Buffer {
  let end = 12;
  while (query[end] !== 0) end += 1 + (query[end] ?? 0);
  const question = query.subarray(12, end + 5);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(isUnknown ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(ipv4 === null ? 0 : 1, 6);
  const record =
    ipv4 === null ? [] : [0xc0, 12, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, ...ipv4.split('.').map((part) => Number(part))];
  return Buffer.concat([header, question, Buffer.from(record)]);
}

it('resolves a name while twenty other look-ups get no answer, and ends those look-ups in time', async () => {
  const resolve = nameResolver([address]);
  const hanging = Array.from({ length: 20 }, (_, index) => `silent-${index}.test`);
  let ended = 0;
  const outcomes = Promise.allSettled(hanging.map((name) => resolve(name).finally(() => (ended += 1))));
  // Waits until all look-ups are under way.
  while (hanging.some((name) => !asked.includes(name))) await once(server, 'message');
  expect(await resolve('answered.test')).toEqual(['8.8.4.4']);
  expect(ended).toBe(0);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: expect.stringMatching(/TIMEOUT|CANCELLED/) } });
  }
}, 30_000);

it('rejects a name that does not exist with a code', async () => {
  await expect(nameResolver([address])('missing.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

it.each(['localhost', 'LOCALHOST', 'a.localhost', 'localhost.'])(
  '%s resolves to this machine without a name server',
  async (host) => {
    expect(isLocalhost(host)).toBe(true);
    expect(await nameResolver([address])(host)).toEqual(['127.0.0.1']);
    expect(asked).toEqual([]);
  },
);

it("reads a name's addresses from a hosts file, IPv4 first", () => {
  const file = '# local\n::1 machine ip6-loopback\n127.0.0.2\tmachine other # machine3\n\n10.0.0.1 elsewhere';
  expect(addressesIn(file, 'Machine')).toEqual(['127.0.0.2', '::1']);
  expect(addressesIn(file, 'machine3')).toEqual([]);
  expect(isLocalhost('notlocalhost')).toBe(false);
});
