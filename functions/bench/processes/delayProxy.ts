import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { serve } from '../support/remote.ts';

interface Route {
  readonly targetPort: number;
  readonly roundTripMs: number;
}

/** Opens a port that forwards to another port with half of the round trip as delay each way; returns the port. */
async function open({ targetPort, roundTripMs }: Route): Promise<number> {
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    pass(client, target, roundTripMs / 2);
    pass(target, client, roundTripMs / 2);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return portOf(server);
}

/** Forwards bytes in order, each piece after its own delay. Pieces overlap, so the delay doesn't limit throughput. */
function pass(from: Socket, to: Socket, delayMs: number): void {
  const underWay: { dueMs: number; bytes: Buffer | null }[] = [];
  let waiting = false;
  const deliver = () => {
    waiting = false;
    while (underWay[0] && underWay[0].dueMs <= performance.now()) {
      const { bytes } = underWay.shift() ?? { bytes: null };
      if (bytes) to.write(bytes);
      else to.end();
    }
    if (underWay[0]) wait(Math.max(0, underWay[0].dueMs - performance.now()));
  };
  const wait = (ms: number) => {
    waiting = true;
    setTimeout(deliver, ms);
  };
  const send = (bytes: Buffer | null) => {
    underWay.push({ dueMs: performance.now() + delayMs, bytes });
    if (!waiting) wait(delayMs);
  };
  from.on('data', send);
  from.on('end', () => send(null));
  from.on('error', () => to.destroy());
}

/** Measures the round trip of a byte through the same delays, because timers can be late. */
async function measure({ roundTripMs }: Pick<Route, 'roundTripMs'>): Promise<number[]> {
  const echo = createServer({ noDelay: true }, (socket) => socket.pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const socket = connect({
    port: await open({ targetPort: portOf(echo), roundTripMs }),
    host: '127.0.0.1',
    noDelay: true,
  });
  const timesMs: number[] = [];
  for (let count = 0; count < 50; count += 1) {
    const startedMs = performance.now();
    socket.write('?');
    await once(socket, 'data');
    timesMs.push(performance.now() - startedMs);
  }
  socket.destroy();
  echo.close();
  // The first time includes the connection.
  return timesMs.slice(1);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

const methods = { open, measure };
export type DelayProxy = typeof methods;
serve(methods);
