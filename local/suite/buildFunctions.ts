import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from './task/problem.ts';

/** Bundles functions/ as a deployment does. */
export async function buildFunctions(root: string, signal: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'functions', 'build.mjs')], { cwd: root, signal });
  } catch (error) {
    signal.throwIfAborted();
    // Behind esbuild's messages comes the stack of the script that called it.
    const [messages = ''] = (error as { stderr: string }).stderr.split(/^.*node_modules.esbuild/m);
    throw new Problem(`The functions could not be built:\n${messages.trim()}`);
  }
}
