import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { arch, cpus, loadavg, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { emulatorVersion } from './emulatorVersion.ts';
import { median } from './statistics.ts';

/** Describes the machine, and its load by other programs when the run began. */
export function describeMachine(folder: string) {
  const [cpu] = cpus();
  return {
    processor: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${arch()}`,
    diskSyncMs: diskSyncMs(folder),
    loadAverageBefore: loadavg()[0] ?? 0,
  };
}

/** Measures the time to sync 8 KB to disk, which limits PostgreSQL; the emulator writes nothing to disk. */
function diskSyncMs(folder: string): number {
  const file = join(folder, 'sync');
  const handle = openSync(file, 'w');
  const bytes = Buffer.alloc(8192, 1);
  const times = Array.from({ length: 200 }, () => {
    const startedMs = performance.now();
    writeSync(handle, bytes, 0, bytes.length, 0);
    fdatasyncSync(handle);
    return performance.now() - startedMs;
  });
  closeSync(handle);
  rmSync(file);
  return median(times);
}

/** Returns the versions of all measured programs. */
export function describeVersions(root: string, firestoreJar: string, postgres: string | null) {
  const modules = join(root, 'node_modules');
  return {
    node: process.version,
    'firebase-admin': versionOf(modules, 'firebase-admin'),
    '@google-cloud/firestore': versionOf(modules, '@google-cloud/firestore'),
    'firebase-functions': versionOf(modules, 'firebase-functions'),
    'functions-framework': versionOf(modules, '@google-cloud/functions-framework'),
    'Firestore emulator': emulatorVersion(firestoreJar),
    java: javaVersion(),
    postgres,
    pg: versionOf(modules, 'pg'),
    commit: commit(root),
  };
}

function versionOf(folder: string, name: string): string {
  return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version;
}

function javaVersion(): string {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return /version "([^"]+)"/.exec(stderr)?.[1] ?? 'unknown';
}

function commit(root: string): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    // A copy of the project may not be a Git repository.
    return null;
  }
}
