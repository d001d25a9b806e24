import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import { manifest } from './manifest.ts';
import { Problem } from './task/problem.ts';

/** Error message when the Firestore emulator is missing and cannot be downloaded. */
export const firestoreEmulatorHint = [
  'This machine has no Firestore emulator, and firebase-tools could not download the emulator. Install it with one of',
  '  Debian, Ubuntu (Google Cloud CLI packages): apt-get install google-cloud-cli-firestore-emulator',
  '  Google Cloud CLI: gcloud components install cloud-firestore-emulator',
  'or set FIRESTORE_EMULATOR_BINARY_PATH to the jar that firebase-tools downloads elsewhere.',
].join('\n');

/**
 * Returns the path of the Firestore emulator's jar: FIRESTORE_EMULATOR_BINARY_PATH, an earlier download of
 * firebase-tools, or the component of the Google Cloud CLI. Undefined if none exists; firebase-tools then downloads
 * the jar.
 *
 * @throws Problem when FIRESTORE_EMULATOR_BINARY_PATH names a missing file
 */
export function findFirestoreEmulator(root: string, env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env.FIRESTORE_EMULATOR_BINARY_PATH;
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new Problem(`FIRESTORE_EMULATOR_BINARY_PATH is ${chosen}, but this file does not exist.`);
  }
  const component = cloudCliComponent(env);
  return downloadedBefore(env) ?? (component && wrapperJar(root, component));
}

function downloadedBefore(env: NodeJS.ProcessEnv): string | undefined {
  const folder = env.FIREBASE_EMULATORS_PATH ?? join(homedir(), '.cache', 'firebase', 'emulators');
  if (!existsSync(folder)) return undefined;
  const jars = readdirSync(folder).filter((name) => /^cloud-firestore-emulator-v[\d.]+\.jar$/.test(name));
  const newest = jars.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return newest && join(folder, newest);
}

function cloudCliComponent(env: NodeJS.ProcessEnv): string | undefined {
  const gcloud = (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'gcloud'))
    .find(existsSync);
  if (!gcloud) return undefined;
  const installation = dirname(dirname(realpathSync(gcloud)));
  const jar = join(installation, 'platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar');
  return existsSync(jar) ? jar : undefined;
}

/** Creates a jar for `java -jar`, which names the main class and refers to the component's jar, which names none. */
function wrapperJar(root: string, jar: string): string {
  const text = manifest({
    'Main-Class': 'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
    'Class-Path': pathToFileURL(jar).href,
  });
  const file = join(root, '.cache', 'firestore-emulator.jar');
  mkdirSync(dirname(file), { recursive: true });
  // Written to a temporary file and renamed, because a running emulator may have the jar open.
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, zipSync({ 'META-INF/MANIFEST.MF': strToU8(text) }));
  renameSync(temporary, file);
  return file;
}
