import { fileURLToPath } from 'node:url';
import type { Processes, ProcessOptions } from '../../../local/suite/processes.ts';

const GUARD = fileURLToPath(new URL('../processes/guard.ts', import.meta.url));

type GuardedOptions = Omit<ProcessOptions, 'env'> & {
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
};

/** Starts a server, as another user if one is given. The server ends when this process ends, even by a kill. */
export function startGuarded(processes: Processes, { user, command, args, ...options }: GuardedOptions): void {
  const owner = user ? `${user.uid}:${user.gid}` : '';
  processes.start({ ...options, command: process.execPath, args: [GUARD, owner, command, ...args], env: process.env });
}
