import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectId } from './urls.ts';

/** Returns node's arguments to start the emulators of firebase.json, with an import of emulator-data/ if it exists. */
export function emulatorArguments(root: string, importData: boolean): string[] {
  const data = join(root, 'emulator-data');
  const hasData = importData && existsSync(join(data, 'firebase-export-metadata.json'));
  return [
    join(root, 'node_modules', 'firebase-tools', 'lib', 'bin', 'firebase.js'),
    'emulators:start',
    ...['--project', projectId],
    ...['--config', join(root, 'firebase.json')],
    ...(hasData ? ['--import', data] : []),
    '--non-interactive',
  ];
}

/**
 * Returns an environment in which firebase-tools asks no questions, uses no network, and leaves the user's own login
 * and settings alone.
 */
export function emulatorEnvironment(folder: string, firestoreJar: string | undefined): NodeJS.ProcessEnv {
  const { FIREBASE_TOKEN, GOOGLE_APPLICATION_CREDENTIALS, FIREBASE_CONFIG, ...inherited } = process.env;
  return {
    ...inherited,
    ...(firestoreJar ? { FIRESTORE_EMULATOR_BINARY_PATH: firestoreJar } : {}),
    XDG_CONFIG_HOME: writeSettings(folder),
    JAVA_TOOL_OPTIONS: process.env.JAVA_TOOL_OPTIONS ?? javaOptions(folder),
    NO_COLOR: '1',
    NO_UPDATE_NOTIFIER: '1',
    METADATA_SERVER_DETECTION: 'none',
    // Without this, firebase-tools asks npm for the latest version of firebase-functions at every start.
    npm_config_offline: 'true',
    // Passes the definitions of the functions through a file instead of another port, with a timeout for slow machines.
    FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
    FUNCTIONS_DISCOVERY_TIMEOUT: '60',
  };
}

/**
 * Returns the Java options of the Firestore emulator. The serial garbage collector leaves a small machine's processor
 * to the other processes. The log level keeps stack traces of refused commits out of two logs; such refusals are
 * normal, because wallets use them to detect concurrent changes.
 */
function javaOptions(folder: string): string {
  const logging = join(folder, 'java-logging.properties');
  const refusals = 'com.google.cloud.datastore.emulator.impl.util.WrappedStreamObserver';
  const lines = ['handlers=java.util.logging.ConsoleHandler', '.level=INFO', `${refusals}.level=SEVERE`];
  writeFileSync(logging, `${lines.join('\n')}\n`);
  return `-XX:+UseSerialGC "-Djava.util.logging.config.file=${logging}"`;
}

/**
 * Writes a settings file for firebase-tools: no usage statistics, no message of the day, and a fake login with a
 * worthless token. A demo project needs no login, but without a login firebase-tools looks for Google credentials on
 * the machine and tries them.
 */
function writeSettings(folder: string): string {
  const home = join(folder, 'config');
  const farFuture = Date.UTC(2100, 0);
  const settings = {
    usage: false,
    motd: { fetched: farFuture },
    user: { email: 'nobody@localhost' },
    tokens: { access_token: 'none', expires_at: farFuture, scopes: [] },
  };
  mkdirSync(join(home, 'configstore'), { recursive: true });
  writeFileSync(join(home, 'configstore', 'firebase-tools.json'), JSON.stringify(settings));
  return home;
}
