import { once } from 'node:events';
import { createServer } from 'node:net';
import { controlHeaders } from '../controlToken.ts';
import { startProgram } from './startProgram.ts';

/**
 * Describes the tests that every local stand-in must pass as a program: it prints its address, stops at a signal, and
 * prints an error when its port is taken.
 *
 * @param main path of the program
 * @param portVariable environment variable that sets the port
 * @param firstLine the line that the program prints when it listens
 */
export function describeProgram(main: string, portVariable: string, firstLine: RegExp): void {
  const start = (port: number, token = 'token') =>
    startProgram(main, { [portVariable]: String(port), LOCAL_SUITE_TOKEN: token });

  describe('the program', () => {
    it.each(['SIGTERM', 'SIGINT'] as const)('prints its address in one line, and stops at %s', async (signal) => {
      const program = start(0);
      expect(await program.firstLine).toMatch(firstLine);
      const url = /http:\/\/[\d.:]+/.exec(program.output())?.[0];
      expect((await fetch(`${url}/_local/health`, { headers: controlHeaders('token') })).status).toBe(200);
      program.process.kill(signal);
      expect((await once(program.process, 'exit'))[0]).toBe(0);
      expect(program.output().trim().split('\n')).toHaveLength(1);
    });

    it('makes and prints a token if it was given none, and refuses control requests without the token', async () => {
      const program = start(0, '');
      const line = await program.firstLine;
      const [, token = ''] = /x-suite-token of control requests: ([\w-]+)/.exec(line) ?? [];
      const url = /http:\/\/[\d.:]+/.exec(line)?.[0];
      const health = async (headers: Record<string, string>) =>
        (await fetch(`${url}/_local/health`, { headers })).status;
      expect(await health(controlHeaders(token))).toBe(200);
      expect(await health({})).toBe(401);
    });

    it('fails with a message when its port is taken', async () => {
      const squatter = createServer().listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const { port } = squatter.address() as { port: number };
      const program = start(port);
      expect((await once(program.process, 'exit'))[0]).toBe(1);
      expect(program.output()).toBe(
        `Port ${port} on 127.0.0.1 is taken. Stop the program that listens there, or set ${portVariable}.\n`,
      );
      squatter.close();
    });
  });
}
