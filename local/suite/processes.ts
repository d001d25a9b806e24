import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFile } from './logFile.ts';
import { endMarked, killMarked, marker } from './marked.ts';
import { Problem } from './task/problem.ts';

const graceMs = 10_000;

/** Options of a process of the suite. */
export interface ProcessOptions {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  logPath: string;
  onLine?: (line: string) => void;
}

/** The processes of a suite. When one ends, all end. */
export class Processes {
  /** Suite id in the environment of all these processes, also of those that leave our process groups, as Java does. */
  readonly id = randomUUID();
  readonly #children = new Map<ChildProcess, Promise<void>>();
  readonly #failed = new AbortController();
  #stopping = false;

  /** Aborts, with the reason, when a process ends by itself. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Starts a process in a process group of its own, so that Ctrl-C in the terminal reaches only the starter. */
  start({ name, command, args, cwd, env, logPath, onLine = () => {} }: ProcessOptions): LogFile {
    const log = new LogFile(logPath);
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd, env: { ...env, [marker]: this.id }, detached: true, stdio });
    log.collect(child.stdout, onLine);
    log.collect(child.stderr, onLine);
    const ended = new Promise<void>((resolve) => {
      child.on('error', (error) => {
        this.fail(new Problem(`${name} could not be started: ${error.message}`));
        resolve();
      });
      child.on('close', (code, signal) => {
        resolve();
        const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
        void this.failWithLog(`${name} ${how}.`, log);
      });
    });
    this.#children.set(child, ended);
    return log;
  }

  /** Marks the suite as failed. */
  fail(reason: Error): void {
    if (!this.#stopping) this.#failed.abort(reason);
  }

  /** Marks the suite as failed, with the end of a log in the message. */
  async failWithLog(message: string, log: LogFile): Promise<void> {
    if (this.#stopping) return;
    const tail = await log.tail(20);
    this.fail(new Problem(`${message} The end of ${log.path}:\n${tail}`));
  }

  /** Ends all processes and their descendants: by a signal, and after a while by force. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const child of this.#children.keys()) child.kill('SIGINT');
    const grace = new AbortController();
    await Promise.race([
      Promise.all(this.#children.values()),
      sleep(graceMs, undefined, { signal: grace.signal }).catch(() => {}),
    ]);
    grace.abort();
    this.kill();
    await Promise.all(this.#children.values());
    await endMarked(this.id);
  }

  /** Kills all processes at once. */
  kill(): void {
    this.#stopping = true;
    for (const { pid } of this.#children.keys()) if (pid) killGroup(pid);
    killMarked(this.id);
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The process group is empty.
  }
}
