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

/** Options of a suite. */
export interface SuiteOptions {
  /** The repository's root. */
  root: string;
  /** Signal that ends the suite. */
  interrupted: AbortSignal;
  /** `environment` uses the real Stripe if STRIPE_SECRET_KEY is a test key; default: the local Stripe. */
  stripe?: 'environment' | 'local';
  /** Whether emulator-data/ is imported; default: true. */
  importData?: boolean;
  /** Called with the warnings and errors in the emulators' output; default: prints them. */
  onWarning?: (line: string) => void;
}

/** A running suite. */
export interface Suite {
  /** The repository's root. */
  root: string;
  urls: SuiteUrls;
  stripe: StripeSettings;
  /** Environment variables for processes that use the suite. */
  environment: Record<string, string>;
  /** Folder with the logs of the suite. */
  logs: string;
  /** Aborts when the suite ends early. The reason is a signal, or a part that ended by itself. */
  ended: AbortSignal;
  /** Exports the data of Auth and Firestore to a folder, for a later import. */
  exportData(folder: string): Promise<void>;
}

/** Starts the suite, runs `work`, and stops the suite, even if `work` fails. */
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

/** Returns the addresses of a running suite, whoever started it; undefined if no suite is running. */
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
  // The suite id marks the processes of tests and scripts, so that leftover processes end with the suite.
  const environment = { ...clientEnvironment(ports), LOCAL_SUITE_TOKEN: controlToken, [marker]: processes.id };
  return { root, urls, stripe, environment, logs: folder, ended, exportData: (target) => exportData(urls, target) };
}

async function requirePorts(root: string, ports: SuitePorts, stripe: StripeSettings): Promise<void> {
  const needed = ports.all.filter((listener) => stripe.local || listener !== ports.stripe);
  const taken = await takenPorts(needed);
  if (taken.length > 0) throw new Problem(takenPortsMessage(taken, (await isSuiteRunning(root)) !== undefined));
}
