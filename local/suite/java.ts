import { execFile } from 'node:child_process';
import { Problem } from './task/problem.ts';

const oldest = 11;

/**
 * Checks that PATH has a Java that can run the Firestore emulator.
 *
 * @throws Problem with installation instructions otherwise
 */
export async function requireJava(): Promise<void> {
  const output = await new Promise<string | undefined>((resolve) => {
    execFile('java', ['-version'], (error, stdout, stderr) => resolve(error ? undefined : stdout + stderr));
  });
  const found = output === undefined ? undefined : javaMajor(output);
  if (found !== undefined && found >= oldest) return;
  const state = found === undefined ? 'no working java is on PATH' : `the java on PATH is version ${found}`;
  throw new Problem(
    [
      `The Firestore emulator needs Java ${oldest} or newer, but ${state}.`,
      'Debian, Ubuntu: apt-get install default-jre-headless',
      'Fedora:         dnf install java-latest-openjdk-headless',
      'macOS:          brew install openjdk (and follow its advice on PATH)',
    ].join('\n'),
  );
}

/** Returns the major version in the output of `java -version`; 8 for the old style `1.8.0`. */
export function javaMajor(output: string): number | undefined {
  const version = /version "(?:1\.)?(\d+)/.exec(output)?.[1];
  return version === undefined ? undefined : Number(version);
}
