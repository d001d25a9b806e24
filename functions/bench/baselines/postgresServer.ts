import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { answers } from '../../../local/suite/ports.ts';
import type { Processes } from '../../../local/suite/processes.ts';
import { freePort } from '../support/freePort.ts';
import { startGuarded } from '../support/startGuarded.ts';

const run = promisify(execFile);

/** A PostgreSQL server of the benchmark. As by default, it waits for the disk at every commit. */
export interface PostgresServer {
  readonly port: number;
  readonly version: string;
}

export const POSTGRES_USER = 'bench';

/** Starts a server on a free port with its own data folder; returns null if PostgreSQL isn't installed. */
export async function startPostgres(processes: Processes, logs: string): Promise<PostgresServer | null> {
  const binaries = findBinaries();
  if (!binaries) return null;
  const user = await findUser();
  const folder = mkdtempSync(join(tmpdir(), 'cloud-bridge-bench-'));
  // Runs at every end of this process except a kill. The server has ended by then.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const settings = ['--auth=trust', `--username=${POSTGRES_USER}`, '--encoding=UTF8', '--locale=C'];
  await run(join(binaries, 'initdb'), ['-D', data, ...settings], { cwd: folder, ...user });
  const port = await freePort();
  startGuarded(processes, {
    name: 'PostgreSQL',
    user,
    command: join(binaries, 'postgres'),
    args: ['-D', data, ...serverSettings(port)],
    cwd: folder,
    logPath: join(logs, 'postgres.log'),
  });
  while (!(await answers({ name: 'PostgreSQL', host: '127.0.0.1', port }))) {
    processes.failed.throwIfAborted();
    await sleep(50);
  }
  const { stdout } = await run(join(binaries, 'postgres'), ['--version']);
  return { port, version: stdout.trim() };
}

function serverSettings(port: number): string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 400,
    fsync: 'on',
    synchronous_commit: 'on',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Returns the folder with initdb and postgres: on PATH, else the newest version in Debian's folder. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Returns the user to run PostgreSQL as: PostgreSQL refuses to run as root, so root uses an unprivileged user. */
async function findUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (name: string) => {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number(stdout));
    return { uid, gid };
  };
  return idOf('postgres').catch(() => idOf('nobody'));
}
