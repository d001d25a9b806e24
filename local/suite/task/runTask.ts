import { constants } from 'node:os';
import { Interrupted, Problem } from './problem.ts';

// One Ctrl-C arrives several times: from the terminal, and passed on by npm and by the launcher.
const sameInterruptMs = 1_000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a task of `npm run …`: the signal that it gets aborts on the first SIGINT, SIGTERM or SIGHUP (with an
 * `Interrupted` as the reason), also when the launcher above dies. What the task returns is the exit code. On a second
 * interrupt `force` is called and the process ends at once.
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
  // A terminal that was closed must not keep the task from cleaning up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  try {
    process.exitCode = await task(controller.signal);
  } catch (error) {
    process.exitCode = explain(error);
  } finally {
    // The launcher's channel would keep this process alive.
    process.removeAllListeners('disconnect');
    if (process.connected) process.disconnect();
    // Whatever is left pending (a request, say) must not either.
    setTimeout(() => process.exit(), 3_000).unref();
  }
}

const forced = new Set<() => void>();

/** Has `force` called when the user insists on stopping; returns the way to take it back. */
export function onForcedStop(force: () => void): () => void {
  forced.add(force);
  return () => forced.delete(force);
}

/** Resolves never; rejects with the signal's reason once it aborts. For `Promise.race`. */
export function rejectedBy(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // Whoever races against it handles it; afterwards nobody may be left to.
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
