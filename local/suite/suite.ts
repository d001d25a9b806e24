import { join } from 'node:path';
import { buildFunctions } from './buildFunctions.ts';
import { makeControlToken } from './controlToken.ts';
import { startEmulators } from './emulators.ts';
import { exportData } from './exportData.ts';
import { findFirestoreEmulator } from './firestoreEmulator.ts';
import { environmentFiles, namesInFiles, suiteValues, writeEnvironmentFiles } from './functionsEnvironment.ts';
import { readParams } from './functionsManifest.ts';
import { requireJava } from './java.ts';
import { endLeftovers, noteRunning } from './leftovers.ts';
import { startLocalCreem } from './localCreem.ts';
import { startLocalStripe } from './localStripe.ts';
import { startLocalUpstream } from './localUpstream.ts';
import { beginWithoutMaintenance } from './maintenance.ts';
import { marker } from './marked.ts';
import { readPorts, type SuitePorts, takenPorts, takenPortsMessage } from './ports.ts';
import { Processes } from './processes.ts';
import { apiAnswers } from './ready.ts';
import { chooseStripe, type StripeSettings } from './stripe.ts';
import { Problem } from './task/problem.ts';
import { onForcedStop, rejectedBy } from './task/runTask.ts';
import { clientEnvironment, type SuiteUrls, suiteUrls } from './urls.ts';

export interface SuiteOptions {
  /** The repository's root. */
  root: string;
  /** Ends the suite when it aborts. */
  interrupted: AbortSignal;
  /** `environment` uses the real Stripe when STRIPE_SECRET_KEY is a test key; default is the local one. */
  stripe?: 'environment' | 'local';
  /** Whether emulator-data/ is imported; default true. */
  importData?: boolean;
  /** Gets the warnings and errors among the emulators' output; default is the terminal. */
  onWarning?: (line: string) => void;
}

export interface Suite {
  /** The repository's root. */
  root: string;
  urls: SuiteUrls;
  stripe: StripeSettings;
  /** For the environment of processes that use the suite. */
  environment: Record<string, string>;
  /** The folder with everything that the suite prints. */
  logs: string;
  /** Aborts when the suite ends before its time, with the reason: a signal, or a part that died. */
  ended: AbortSignal;
  /** Writes what Auth and Firestore hold to a folder, for a later import. */
  exportData(folder: string): Promise<void>;
}

/** Starts the suite, runs `work` beside it and stops the suite again, whatever happens. */
export async function withSuite<T>(options: SuiteOptions, work: (suite: Suite) => Promise<T>): Promise<T> {
  const processes = new Processes();
  const cleanups = [onForcedStop(() => processes.kill())];
  try {
    const suite = await startSuite(options, processes, (cleanup) => cleanups.push(cleanup));
    return await Promise.race([work(suite), rejectedBy(suite.ended)]);
  } finally {
    await processes.stop();
    for (const cleanup of cleanups.reverse()) cleanup();
  }
}

/** The addresses of the suite if one is running, whoever started it. */
export async function isSuiteRunning(root: string): Promise<SuiteUrls | undefined> {
  const urls = suiteUrls(readPorts(root, process.env));
  return (await apiAnswers(urls)) ? urls : undefined;
}

async function startSuite(
  options: SuiteOptions,
  processes: Processes,
  onStop: (cleanup: () => void) => void,
): Promise<Suite> {
  const { root, importData = true, onWarning = (line) => console.warn(line) } = options;
  const ended = AbortSignal.any([options.interrupted, processes.failed]);
  const folder = join(root, '.cache', 'suite');
  const ports = readPorts(root, process.env);
  const urls = suiteUrls(ports);
  const stripe = chooseStripe(urls, options.stripe === 'environment' ? process.env : {});

  await requireJava();
  const firestoreJar = findFirestoreEmulator(root, process.env);
  await endLeftovers(root);
  await requirePorts(root, ports, stripe);
  await buildFunctions(root, ended);
  const params = await readParams(root, folder, ended);
  const sources = { values: suiteValues(ports, stripe), inFiles: namesInFiles(root), env: process.env };
  onStop(writeEnvironmentFiles(root, environmentFiles(params, sources)));
  onStop(noteRunning(root, processes.id));
  const { token: controlToken, remove } = makeControlToken(root);
  onStop(remove);
  ended.throwIfAborted();

  const standIns = { root, processes, folder, ended, controlToken };
  const starting = [
    startEmulators({ root, processes, urls, folder, firestoreJar, importData, ended, onWarning }),
    beginWithoutMaintenance(ports.firestore, ended),
    startLocalUpstream(standIns, ports),
    startLocalCreem(standIns, ports, urls),
  ];
  if (stripe.local) starting.push(startLocalStripe(standIns, ports, urls, stripe));
  await Promise.race([Promise.all(starting), rejectedBy(ended)]);
  // With the mark of the suite's own processes: what a test or script leaves behind ends with the suite.
  const environment = { ...clientEnvironment(ports), LOCAL_SUITE_TOKEN: controlToken, [marker]: processes.id };
  return { root, urls, stripe, environment, logs: folder, ended, exportData: (target) => exportData(urls, target) };
}

async function requirePorts(root: string, ports: SuitePorts, stripe: StripeSettings): Promise<void> {
  const needed = ports.all.filter((listener) => stripe.local || listener !== ports.stripe);
  const taken = await takenPorts(needed);
  if (taken.length > 0) throw new Problem(takenPortsMessage(taken, (await isSuiteRunning(root)) !== undefined));
}
