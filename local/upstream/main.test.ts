import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const running: ChildProcess[] = [];

function start(port: number): { process: ChildProcess; output: () => string; firstLine: Promise<string> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, LOCAL_UPSTREAM_PORT: String(port) },
  });
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

describe('the program', () => {
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('says where it listens, in one line, and stops at %s', async (signal) => {
    const program = start(0);
    expect(await program.firstLine).toMatch(/^Local upstream listens on http:\/\/127\.0\.0\.1:\d+$/);
    const url = /http:\/\/[\d.:]+/.exec(program.output())?.[0];
    expect((await fetch(`${url}/_local/health`)).status).toBe(200);
    program.process.kill(signal);
    expect((await once(program.process, 'exit'))[0]).toBe(0);
    expect(program.output().trim().split('\n')).toHaveLength(1);
  });

  it('says so when its port is taken, and fails', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    const program = start(port);
    expect((await once(program.process, 'exit'))[0]).toBe(1);
    expect(program.output()).toBe(
      `Port ${port} on 127.0.0.1 is taken. Stop what listens there, or set LOCAL_UPSTREAM_PORT.\n`,
    );
    squatter.close();
  });
});
