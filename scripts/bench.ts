import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { FIGURES } from '../functions/bench/figures/all.ts';
import { runBench } from '../functions/bench/runBench.ts';
import { buildFunctions } from '../local/suite/buildFunctions.ts';
import { findFirestoreEmulator, firestoreEmulatorHint } from '../local/suite/firestoreEmulator.ts';
import { requireJava } from '../local/suite/java.ts';
import { Processes } from '../local/suite/processes.ts';
import { runCommand } from '../local/suite/task/command.ts';
import { Problem } from '../local/suite/task/problem.ts';
import { onForcedStop, rejectedBy, runTask } from '../local/suite/task/runTask.ts';

const root = dirname(import.meta.dirname);

// Compares the wallet core with the usual alternatives. It starts its own servers, so a suite can run at the same time.
await runTask(async (interrupted) => {
  const { quick, only } = readArguments(process.argv.slice(2));
  await requireJava();
  await buildFunctions(root, interrupted);
  const firestoreJar = await firestoreEmulator(interrupted);
  const processes = new Processes();
  const release = onForcedStop(() => processes.kill());
  const ended = AbortSignal.any([interrupted, processes.failed]);
  try {
    const running = runBench({ root, firestoreJar, quick, only, processes, ended });
    const exact = await Promise.race([running, rejectedBy(ended)]);
    return exact ? 0 : 1;
  } finally {
    await processes.stop();
    release();
  }
});

function readArguments(args: readonly string[]): { quick: boolean; only: string[] } {
  try {
    const options = { quick: { type: 'boolean' }, only: { type: 'string', multiple: true } } as const;
    const { quick = false, only = [] } = parseArgs({ args: [...args], options }).values;
    const unknown = only.filter((name) => !Object.hasOwn(FIGURES, name));
    if (unknown.length > 0) throw new Error(`Unknown figures: ${unknown.join(', ')}.`);
    return { quick, only };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(
      `${reason}\nUsage: npm run bench -- [--quick] [--only <figure>]…\nFigures: ${Object.keys(FIGURES).join(', ')}`,
    );
  }
}

/** Returns the path of the Firestore emulator's jar; has firebase-tools download the jar if it is missing. */
async function firestoreEmulator(interrupted: AbortSignal): Promise<string> {
  const found = findFirestoreEmulator(root, process.env);
  if (found) return found;
  console.log('Downloading the Firestore emulator (first run, 60 MB)…');
  const firebase = join(root, 'node_modules', 'firebase-tools', 'lib', 'bin', 'firebase.js');
  await runCommand(process.execPath, [firebase, 'setup:emulators:firestore'], { cwd: root, signal: interrupted });
  const downloaded = findFirestoreEmulator(root, process.env);
  if (!downloaded) throw new Problem(firestoreEmulatorHint);
  return downloaded;
}
