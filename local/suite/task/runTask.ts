import { constants } from 'node:os';
import { Interrupted, Problem } from './problem.ts';

// Milliseconds within which interrupts count as one: a Ctrl-C arrives from the terminal, npm and the launcher.
const sameInterruptMs = 1_000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a task of `npm run …`. The task's result is the exit code. The task's signal aborts, with an `Interrupted` as
 * reason, on the first SIGINT, SIGTERM or SIGHUP, and when the launcher ends. On a second interrupt, the functions of
 * `onForcedStop` are called and the process ends at once.
 */
export async function runTask(task: (interrupted: AbortSignal) => Promise<number>): Promise<void> {
  const controller = new AbortController();
  let interruptedAt = 0;
  const interrupt = (name: string, exitCode: number) => {
    if (!controller.signal.aborted) {
      interruptedAt = Date.now();
      controller.abort(new Interrupted(name, exitCode));
    } else if (Date.now() - interruptedAt > sameInterruptMs) {
      for (const force of forced) force();
      process.exit(exitCode);
    }
  };
  for (const name of signals) process.on(name, () => interrupt(name, 128 + constants.signals[name]));
  process.on('disconnect', () => interrupt('the end of the launcher', 1));
  process.on('uncaughtException', (error) => {
    if (controller.signal.aborted) console.error(error);
    controller.abort(error);
  });
  // A closed terminal must not prevent the task from cleaning up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  try {
    process.exitCode = await task(controller.signal);
  } catch (error) {
    process.exitCode = explain(error);
  } finally {
    // The open channel to the launcher would keep this process alive.
    process.removeAllListeners('disconnect');
    if (process.connected) process.disconnect();
    // Other pending work, such as a request, must not keep the process alive either.
    setTimeout(() => process.exit(), 3_000).unref();
  }
}

const forced = new Set<() => void>();

/** Registers a function to call on a second interrupt; returns a function that unregisters it. */
export function onForcedStop(force: () => void): () => void {
  forced.add(force);
  return () => forced.delete(force);
}

/** Returns a promise, for `Promise.race`, that never resolves and that rejects when the signal aborts. */
export function rejectedBy(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // The race handles the rejection. After the race nobody does, so it must not count as unhandled.
  rejected.catch(() => {});
  return rejected;
}

function explain(error: unknown): number {
  if (error instanceof Interrupted) {
    console.error(error.message);
    return error.exitCode;
  }
  console.error(error instanceof Problem ? error.message : error);
  return 1;
}
