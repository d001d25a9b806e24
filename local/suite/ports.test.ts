import { createServer, type Server } from 'node:net';
import { portTable, takenPorts, takenPortsMessage } from './ports.ts';

const emulators = {
  auth: { host: '127.0.0.1', port: 1 },
  functions: { port: 2 },
  firestore: { port: 3 },
  hosting: { port: 4 },
  tasks: { port: 5 },
  hub: { port: 6 },
};

const standIns = { stripe: 7, upstream: 8, creem: 9 };

describe('portTable', () => {
  it('reads the ports of emulators from firebase.json, and of stand-ins from their own settings', () => {
    const ports = portTable(emulators, standIns);
    expect(ports.hosting).toEqual({ name: 'Hosting emulator', host: '127.0.0.1', port: 4 });
    expect(ports.all.map(({ port }) => port).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('includes the additional ports that firebase.json sets', () => {
    const more = {
      ...emulators,
      firestore: { port: 3, websocketPort: 11 },
      eventarc: { port: 9 },
      logging: { port: 10 },
    };
    expect(portTable(more, standIns).all.map(({ port }) => port)).toEqual(expect.arrayContaining([9, 10, 11]));
  });

  it('names the emulator without a port', () => {
    expect(() => portTable({ ...emulators, auth: {} }, standIns)).toThrow('"auth"');
  });
});

describe('takenPorts', () => {
  let server: Server;
  beforeEach((done) => {
    server = createServer().listen(0, '0.0.0.0', done);
  });
  afterEach((done) => {
    server.close(done);
  });

  it('finds a port that is taken on another address, and names the part that needs it', async () => {
    const { port } = server.address() as { port: number };
    const listener = { name: 'Auth emulator', host: '127.0.0.1', port };
    expect(await takenPorts([listener])).toEqual([listener]);
    expect(takenPortsMessage([listener], false)).toContain(`127.0.0.1:${port}  wanted by: Auth emulator`);
  });
});
