import { join } from 'node:path';
import { emulatorArguments, emulatorEnvironment } from './firebase.ts';
import { firestoreEmulatorHint } from './firestoreEmulator.ts';
import { isWorthShowing } from './logFile.ts';
import type { Processes } from './processes.ts';
import { apiAnswersWithin } from './ready.ts';
import { Problem } from './task/problem.ts';
import type { SuiteUrls } from './urls.ts';

const deadlineMs = 180_000;
const deadlineWithDownloadMs = 900_000;

/** Options of the emulators. */
export interface EmulatorsOptions {
  root: string;
  processes: Processes;
  urls: SuiteUrls;
  /** Folder for logs and state. */
  folder: string;
  /** Path of the Firestore emulator's jar; undefined to have firebase-tools download the jar. */
  firestoreJar: string | undefined;
  importData: boolean;
  ended: AbortSignal;
  onWarning: (line: string) => void;
}

/** Starts the Firebase emulators and waits until the API answers. */
export async function startEmulators(options: EmulatorsOptions): Promise<void> {
  const { root, processes, urls, folder, firestoreJar, importData, ended, onWarning } = options;
  if (!firestoreJar) console.log('Downloading the Firestore emulator (first run, 60 MB)…');
  const shown = new Set<string>();
  let ready = false;
  const onLine = (line: string) => {
    if (isWorthShowing(line) && !shown.has(line)) {
      shown.add(line);
      onWarning(line);
    }
    if (!firestoreJar && line.startsWith('Error:')) processes.fail(new Problem(firestoreEmulatorHint));
    const failure = failureIn(line, ready);
    if (failure) void processes.failWithLog(failure, log);
  };
  const log = processes.start({
    name: 'The emulator suite',
    command: process.execPath,
    args: emulatorArguments(root, importData),
    cwd: folder,
    env: emulatorEnvironment(folder, firestoreJar),
    logPath: join(folder, 'emulators.log'),
    onLine,
  });
  const deadline = firestoreJar ? deadlineMs : deadlineWithDownloadMs;
  ready = await apiAnswersWithin(deadline, urls, ended);
  if (!ready) await processes.failWithLog(`The API did not answer within ${deadline / 1000} seconds.`, log);
}

/** Returns the failure that a line of output reports. firebase-tools itself goes on after such a failure. */
function failureIn(line: string, ready: boolean): string | undefined {
  if (/Firestore Emulator has exited/i.test(line)) return 'The Firestore emulator ended.';
  // Only before the suite is ready: later a developer may be in the middle of an edit.
  if (!ready && line.includes('Failed to load function definition')) return 'The functions could not be loaded.';
  return undefined;
}
