import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Processes } from '../../../local/suite/processes.ts';
import { freePort } from './freePort.ts';
import { startGuarded } from './startGuarded.ts';

/** Starts the official Firestore emulator, without data, on a free port; returns the port. */
export async function startEmulator(jar: string, processes: Processes, logs: string): Promise<number> {
  const port = await freePort();
  startGuarded(processes, {
    name: 'The Firestore emulator',
    command: 'java',
    // A million entries and their indexes don't fit into Java's default heap, a quarter of the memory.
    args: ['-XX:MaxRAMPercentage=60', '-jar', jar, '--host', '127.0.0.1', '--port', String(port)],
    cwd: logs,
    logPath: join(logs, 'firestore.log'),
  });
  for (;;) {
    processes.failed.throwIfAborted();
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer?.ok) return port;
    await sleep(100);
  }
}
