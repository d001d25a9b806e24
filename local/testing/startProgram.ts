import { type ChildProcess, spawn } from 'node:child_process';

// A program starts within a second or two, on a busy machine in many more. The timeout only limits the wait for a
// program that hangs.
jest.setTimeout(60_000);

const running: ChildProcess[] = [];

/** A running program and its output. */
export interface Program {
  readonly process: ChildProcess;
  /** Returns everything that the program has printed so far. */
  readonly output: () => string;
  readonly firstLine: Promise<string>;
}

/** Starts a local stand-in as a process of its own, which is killed after the test. */
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
