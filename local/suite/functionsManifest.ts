import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './task/problem.ts';
import { projectId } from './urls.ts';

/** A declared parameter or secret of the functions. */
export interface Param {
  name: string;
  type: string;
  default?: unknown;
}

/**
 * Loads the built functions as a deployment does, and returns their declared parameters.
 *
 * @throws Problem when the functions don't load
 */
export async function readParams(root: string, folder: string, signal: AbortSignal): Promise<Param[]> {
  const output = join(folder, 'functions.json');
  mkdirSync(folder, { recursive: true });
  const functions = join(root, 'functions');
  const program = join(root, 'node_modules', 'firebase-functions', 'lib', 'bin', 'firebase-functions.js');
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId }),
    FUNCTIONS_EMULATOR: 'true',
    FUNCTIONS_CONTROL_API: 'true',
    FUNCTIONS_MANIFEST_OUTPUT_PATH: output,
  };
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, [program, functions], { cwd: functions, env, signal }, (error, _stdout, stderr) => {
      if (error && !signal.aborted) reject(new Problem(`The functions do not load:\n${stderr.trim()}`));
      else if (error) reject(signal.reason);
      else resolve();
    });
  });
  const manifest = JSON.parse(readFileSync(output, 'utf8')) as { params?: Param[] };
  return manifest.params ?? [];
}
