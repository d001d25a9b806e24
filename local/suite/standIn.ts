import { join } from 'node:path';
import type { Listener } from './ports.ts';
import type { Processes } from './processes.ts';
import { listensWithin } from './ready.ts';

const deadlineMs = 60_000;

/** The parts of the suite that starting a stand-in needs. */
export interface StandInOptions {
  root: string;
  processes: Processes;
  folder: string;
  ended: AbortSignal;
  /** Token that control requests must send. */
  controlToken: string;
}

/** A stand-in: a program in local/. */
interface StandIn {
  /** Name of the program's folder in local/ and of its log. */
  name: string;
  /** Name in messages. */
  title: string;
  listener: Listener;
  env: Record<string, string>;
}

/** Starts a local stand-in and waits until it listens. */
export async function startStandIn(
  { root, processes, folder, ended, controlToken }: StandInOptions,
  { name, title, listener, env }: StandIn,
): Promise<void> {
  const log = processes.start({
    name: title,
    command: process.execPath,
    args: [join(root, 'local', name, 'main.ts')],
    cwd: root,
    env: { ...process.env, ...env, LOCAL_SUITE_TOKEN: controlToken },
    logPath: join(folder, `${name}.log`),
  });
  if (await listensWithin(deadlineMs, listener, ended)) return;
  await processes.failWithLog(`${title} did not listen within ${deadlineMs / 1000} seconds.`, log);
}
