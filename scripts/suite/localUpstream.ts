import { join } from 'node:path';
import type { SuitePorts } from './ports.ts';
import type { Processes } from './processes.ts';
import { listensWithin } from './ready.ts';

const deadlineMs = 60_000;

/** What the functions of the suite sign their deliveries with. */
export const localUpstreamSecret = 'dus_local_cloud_bridge';

export interface LocalUpstreamOptions {
  root: string;
  processes: Processes;
  ports: SuitePorts;
  folder: string;
  ended: AbortSignal;
}

/** Starts the local stand-in for the service that makes deliveries, and waits until it listens. */
export async function startLocalUpstream(options: LocalUpstreamOptions): Promise<void> {
  const { root, processes, ports, folder, ended } = options;
  const log = processes.start({
    name: 'The local upstream',
    command: process.execPath,
    args: [join(root, 'local', 'upstream', 'main.ts')],
    cwd: root,
    env: {
      ...process.env,
      LOCAL_UPSTREAM_PORT: String(ports.upstream.port),
      LOCAL_UPSTREAM_SECRET: localUpstreamSecret,
    },
    logPath: join(folder, 'upstream.log'),
  });
  if (await listensWithin(deadlineMs, ports.upstream, ended)) return;
  await processes.failWithLog(`The local upstream did not listen within ${deadlineMs / 1000} seconds.`, log);
}
