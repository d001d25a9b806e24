import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

/** A part of the suite that listens at an address. */
export interface Listener {
  name: string;
  host: string;
  port: number;
}

/** The addresses at which the parts of the suite listen. */
export interface SuitePorts {
  auth: Listener;
  functions: Listener;
  firestore: Listener;
  hosting: Listener;
  tasks: Listener;
  hub: Listener;
  stripe: Listener;
  upstream: Listener;
  creem: Listener;
  /** All listeners of the suite, including the ones above. */
  all: Listener[];
}

type EmulatorSettings = Record<string, { host?: string; port?: number; websocketPort?: number; enabled?: boolean }>;

const names: Record<string, string> = {
  auth: 'Auth emulator',
  functions: 'Functions emulator',
  firestore: 'Firestore emulator',
  hosting: 'Hosting emulator',
  tasks: 'Cloud Tasks emulator',
  hub: 'Emulator hub',
  eventarc: 'Eventarc emulator',
  logging: 'Emulator log stream',
};

/**
 * Reads the ports of the emulators from firebase.json, and the ports of the stand-ins from LOCAL_STRIPE_PORT,
 * LOCAL_UPSTREAM_PORT and LOCAL_CREEM_PORT if these are set.
 */
export function readPorts(root: string, env: NodeJS.ProcessEnv): SuitePorts {
  const { emulators } = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as {
    emulators: EmulatorSettings;
  };
  return portTable(emulators, {
    stripe: Number(env.LOCAL_STRIPE_PORT ?? 12111),
    upstream: Number(env.LOCAL_UPSTREAM_PORT ?? 12112),
    creem: Number(env.LOCAL_CREEM_PORT ?? 12113),
  });
}

/**
 * Returns the ports of the suite from the `emulators` section of firebase.json.
 *
 * @throws Error when an emulator has no port
 */
export function portTable(
  emulators: EmulatorSettings,
  standIns: Record<'stripe' | 'upstream' | 'creem', number>,
): SuitePorts {
  const listener = (key: string): Listener => {
    const { host = '127.0.0.1', port } = emulators[key] ?? {};
    if (!port) throw new Error(`firebase.json names no port for the emulator "${key}".`);
    return { name: names[key] ?? `${key} emulator`, host, port };
  };
  const firestore = listener('firestore');
  const ports = {
    auth: listener('auth'),
    functions: listener('functions'),
    firestore,
    hosting: listener('hosting'),
    tasks: listener('tasks'),
    hub: listener('hub'),
    stripe: { name: 'Local Stripe', host: '127.0.0.1', port: standIns.stripe },
    upstream: { name: 'Local upstream', host: '127.0.0.1', port: standIns.upstream },
    creem: { name: 'Local Creem', host: '127.0.0.1', port: standIns.creem },
  };
  const all: Listener[] = Object.values(ports);
  // firebase-tools picks free ports for these emulators unless firebase.json sets ports.
  for (const key of ['eventarc', 'logging']) if (emulators[key]?.port) all.push(listener(key));
  const websocketPort = emulators.firestore?.websocketPort;
  if (websocketPort) all.push({ ...firestore, name: 'Firestore emulator (websocket)', port: websocketPort });
  return { ...ports, all };
}

/** Returns the listeners whose port another program uses. */
export async function takenPorts(listeners: Listener[]): Promise<Listener[]> {
  const taken = await Promise.all(listeners.map(isTaken));
  return listeners.filter((_listener, index) => taken[index]);
}

/** Returns an error message about all taken ports. */
export function takenPortsMessage(taken: Listener[], suiteRuns: boolean): string {
  const lines = taken.map(({ host, port, name }) => `  ${host}:${port}  wanted by: ${name}`);
  const advice = suiteRuns
    ? 'An emulator suite is already running; stop it first (Ctrl-C in the terminal where it was started).'
    : 'Stop the programs that use them, or change the ports in firebase.json ' +
      '(the stand-ins: LOCAL_STRIPE_PORT, LOCAL_UPSTREAM_PORT, LOCAL_CREEM_PORT).';
  const subject = taken.length === 1 ? 'This port is' : 'These ports are';
  return [`${subject} taken:`, ...lines, advice].join('\n');
}

async function isTaken(listener: Listener): Promise<boolean> {
  // An attempt to listen isn't enough, because some systems allow 127.0.0.1:n beside 0.0.0.0:n.
  return (await answers(listener)) || !(await canListen(listener));
}

/** Returns whether a program accepts connections at this address. */
export function answers({ host, port }: Listener): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

function canListen({ host, port }: Listener): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
