import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from './task/problem.ts';

/**
 * Bundles functions/ as a deployment does.
 *
 * @throws Problem with esbuild's messages when the build fails
 */
export async function buildFunctions(root: string, signal: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'functions', 'build.mjs')], { cwd: root, signal });
  } catch (error) {
    signal.throwIfAborted();
    // Cuts off the stack of the build script, which follows esbuild's messages.
    const [messages = ''] = (error as { stderr: string }).stderr.split(/^.*node_modules.esbuild/m);
    throw new Problem(`The functions could not be built:\n${messages.trim()}`);
  }
}
