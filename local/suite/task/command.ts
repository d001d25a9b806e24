import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/** Options of a command. */
export interface CommandOptions {
  cwd: string;
  signal: AbortSignal;
  env?: Record<string, string>;
  /** Niceness of the process, from 0 to 19: a higher value leaves the processor to others; default: 0. */
  niceness?: number;
}

/** Runs a command with its output on this terminal; resolves with the exit code. An abort ends the command. */
export async function runCommand(command: string, args: string[], options: CommandOptions): Promise<number> {
  options.signal.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (options.niceness && child.pid) setPriority(child.pid, options.niceness);
  const end = () => child.kill('SIGTERM');
  options.signal.addEventListener('abort', end);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode) => resolve(exitCode ?? 1));
    });
    options.signal.throwIfAborted();
    return code;
  } finally {
    options.signal.removeEventListener('abort', end);
  }
}
