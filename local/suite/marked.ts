import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Environment variable that has the id of the suite that a process belongs to. */
export const marker = 'CLOUD_BRIDGE_SUITE';

/** Kills every process whose environment has this suite id; returns the number of processes. */
export function killMarked(id: string): number {
  const pids = findMarked(`${marker}=${id}`);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The process has ended by itself.
    }
  }
  return pids.length;
}

/** Kills every process whose environment has this suite id, and waits for their end; returns their number. */
export async function endMarked(id: string): Promise<number> {
  const count = killMarked(id);
  for (let tries = 0; tries < 50 && killMarked(id) > 0; tries++) await sleep(100);
  return count;
}

function findMarked(text: string): number[] {
  return process.platform === 'linux' ? fromProc(text) : fromPs(text);
}

function fromProc(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readQuietly(`/proc/${pid}/environ`).split('\0').includes(text))
    .map(Number);
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process is another user's, or has ended.
    return '';
  }
}

function fromPs(text: string): number[] {
  const table = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 2 ** 27 });
  return table
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}
