import { type ChildProcess, spawn } from 'node:child_process';

// A program loads within a second or two, on a machine that is busy in many. This only bounds how long one that hangs
// is waited for.
jest.setTimeout(60_000);

const running: ChildProcess[] = [];

export interface Program {
  readonly process: ChildProcess;
  /** Everything that it has printed so far. */
  readonly output: () => string;
  readonly firstLine: Promise<string>;
}

/** Starts a local stand-in as a process of its own; it is ended after the test. */
export function startProgram(main: string, environment: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...environment } });
  running.push(child);
  let output = '';
  const firstLine = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk;
        if (output.includes('\n')) resolve(output.split('\n')[0] ?? '');
      });
    }
  });
  return { process: child, output: () => output, firstLine };
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
