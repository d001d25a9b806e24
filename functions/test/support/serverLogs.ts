import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folder for the logs of functions that tests serve: `npm test` sets a folder for each of jest's projects. */
const FOLDER = process.env.TEST_LOGS ?? join(__dirname, '../../../.cache/test/logs');

/** Lines of each log that a failing test prints. */
const MAX_LINES = 50;

let seenBytes = sizes();

/** Names a new file for the log of a server. */
export function newServerLog(server: string): string {
  mkdirSync(FOLDER, { recursive: true });
  return join(FOLDER, `${server}-${randomUUID().slice(0, 8)}.log`);
}

/** Marks the current end of each log, because lines so far belong to earlier tests. */
export function skipServerLogs(): void {
  seenBytes = sizes();
}

/** Returns the last lines of each server's log since that mark. */
export function newInServerLogs(): string[] {
  return [...sizes()].flatMap(([file, size]) => {
    const seen = seenBytes.get(file) ?? 0;
    if (size <= seen) return [];
    const lines = readFileSync(file).subarray(seen).toString().trimEnd().split('\n');
    const which = lines.length > MAX_LINES ? `the last ${MAX_LINES} of ${lines.length} lines` : 'all of it';
    return [`\n${file} (${which}):`, ...lines.slice(-MAX_LINES)];
  });
}

function sizes(): Map<string, number> {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.log')) : [];
  const files = names.map((name) => join(FOLDER, name));
  return new Map(files.map((file) => [file, statSync(file).size]));
}
