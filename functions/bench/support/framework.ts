import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './freePort.ts';

/** A function that runs under the functions framework, as in Cloud Functions. */
export class Framework {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  /** Starts a function (default: the built `api`) on a free port, and waits until it answers. */
  static async start(
    root: string,
    env: Record<string, string>,
    { folder = join(root, 'functions'), target = 'api' } = {},
  ): Promise<Framework> {
    const port = await freePort();
    const main = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
    const source = ['--source', folder, '--signature-type', 'http', '--port', String(port)];
    const child = fork(main, source, {
      env: { ...process.env, ...env, FUNCTION_TARGET: target },
      execArgv: ['--import', new URL('../processes/reportCpu.ts', import.meta.url).href],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const framework = new Framework(`http://127.0.0.1:${port}`, child);
    while (!(await framework.#answers())) {
      if (child.exitCode !== null) throw new Error('The functions framework ended.');
      await sleep(50);
    }
    return framework;
  }

  /** Returns the processor time of the process so far, in ms. */
  async cpuMs(): Promise<number> {
    const answer = once(this.#child, 'message');
    this.#child.send('report');
    const [cpuMs] = await answer;
    return cpuMs;
  }

  async stop(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }

  async #answers(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health`).catch(() => null);
    return answer?.ok ?? false;
  }
}
