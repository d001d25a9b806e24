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

/** A server of the benchmark's own that waits for the disk at every commit, as it does by default. */
export interface PostgresServer {
  readonly port: number;
  readonly version: string;
}

export const POSTGRES_USER = 'bench';

/** Starts a server on a free port, with its data in a folder of its own; null where none is installed. */
export async function startPostgres(processes: Processes, logs: string): Promise<PostgresServer | null> {
  const binaries = findBinaries();
  if (!binaries) return null;
  const user = await findUser();
  const folder = mkdtempSync(join(tmpdir(), 'cloud-bridge-bench-'));
  // However this process ends, short of being killed; the server has ended before.
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

/** The folder with initdb and postgres: on PATH, or where Debian keeps them; the newest. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root; then it is somebody else who owns nothing else of ours. */
async function findUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (name: string) => {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number(stdout));
    return { uid, gid };
  };
  return idOf('postgres').catch(() => idOf('nobody'));
}
