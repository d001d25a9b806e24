import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The methods of a process of the benchmark: named functions with one argument. */
// biome-ignore lint/suspicious/noExplicitAny: each process declares its own arguments and answers
type Methods = Record<string, (argument: any) => Promise<unknown>>;

interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: string });

/** Answers the calls of the parent process; this process ends when the parent ends. */
export function serve(methods: Methods): void {
  process.on('message', async ({ id, method, argument }: Call) => {
    try {
      const result = await methods[method]?.(argument);
      process.send?.({ id, result } satisfies Answer);
    } catch (error) {
      process.send?.({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  // Ignored, because a Ctrl-C reaches the whole process group and the parent process handles it.
  process.on('SIGINT', () => {});
}

/** Another process with its methods. Measured code runs in separate processes, so that no other code slows it down. */
export class Remote<M extends Methods> {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #calls = 0;

  /** Starts a module that calls {@link serve}. */
  constructor(module: URL, env: NodeJS.ProcessEnv = {}) {
    this.#name = module.pathname.split('/').at(-1) ?? '';
    this.#child = fork(fileURLToPath(module), {
      env: { ...process.env, ...env },
      // Discards the product's log, and shows errors.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.#child.on('message', (answer: Answer) => this.#settle(answer));
    this.#child.on('close', () => this.#fail(new Error(`${this.#name} ended.`)));
  }

  async call<K extends keyof M & string>(method: K, argument: Parameters<M[K]>[0]): Promise<Awaited<ReturnType<M[K]>>> {
    this.#calls += 1;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(this.#calls, pending);
    this.#child.send({ id: this.#calls, method, argument } satisfies Call);
    return (await pending.promise) as Awaited<ReturnType<M[K]>>;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('failure' in answer) pending?.reject(new Error(`${this.#name}: ${answer.failure}`));
    else pending?.resolve(answer.result);
  }

  #fail(reason: Error): void {
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}
