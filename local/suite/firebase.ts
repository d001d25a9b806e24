import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectId } from './urls.ts';

/** The arguments of node for the emulators of firebase.json, with emulator-data/ in them if it is there. */
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
 * The environment in which firebase-tools neither asks anybody nor reaches for the network, and leaves the user's own
 * login and settings alone.
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
    // It asks npm for the latest version of firebase-functions at every start.
    npm_config_offline: 'true',
    // The functions' definitions go through a file rather than through one more port, with time for slow machines.
    FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
    FUNCTIONS_DISCOVERY_TIMEOUT: '60',
  };
}

/**
 * The Firestore emulator's options. On a small machine threads that only collect garbage take from what all others
 * need. And every commit that is refused, which is how the wallets notice each other, would be a stack trace in two
 * logs.
 */
function javaOptions(folder: string): string {
  const logging = join(folder, 'java-logging.properties');
  const refusals = 'com.google.cloud.datastore.emulator.impl.util.WrappedStreamObserver';
  const lines = ['handlers=java.util.logging.ConsoleHandler', '.level=INFO', `${refusals}.level=SEVERE`];
  writeFileSync(logging, `${lines.join('\n')}\n`);
  return `-XX:+UseSerialGC "-Djava.util.logging.config.file=${logging}"`;
}

/**
 * The settings file of firebase-tools: no usage statistics, the message of the day read already, and signed in as
 * nobody, with a token of no value. A demo project needs no account, but without one firebase-tools first looks for
 * Google credentials on the machine and then tries them.
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
