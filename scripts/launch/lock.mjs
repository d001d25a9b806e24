import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 2_000;
const silenceMs = 30_000;

/**
 * Runs `work` while holding a lock file. Waits while another process holds the lock. A holder that has died doesn't
 * count, nor does a holder without a recent heartbeat, which may run in another container.
 *
 * @template T
 * @param {string} file
 * @param {(lock: {addProcess(pid: number): void}) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  const owner = { host: hostname(), pids: [process.pid] };
  for (let tries = 0; !acquire(file, owner); tries++) {
    if (tries === 1) console.log(`Waiting for another run to finish installing (if there is none, delete ${file})…`);
    await sleep(500);
  }
  const heartbeat = setInterval(() => touch(file), heartbeatMs);
  try {
    // A child process that does the work counts as a holder too, because the child may survive this process.
    const addProcess = (pid) => {
      owner.pids.push(pid);
      writeFileSync(file, JSON.stringify(owner));
    };
    return await work({ addProcess });
  } finally {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  }
}

function acquire(file, owner) {
  try {
    writeFileSync(file, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isStale(file)) moveAway(file);
  return false;
}

function isStale(file) {
  try {
    const silent = Date.now() - statSync(file).mtimeMs > silenceMs;
    const holder = JSON.parse(readFileSync(file, 'utf8'));
    return holder.host === hostname() ? !holder.pids.some(isAlive) : silent;
  } catch (error) {
    // The lock file was deleted meanwhile, or is being written.
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return false;
    throw error;
  }
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The lock file was deleted by hand; the work continues.
  }
}

function moveAway(file) {
  // If several processes find the same stale lock, the rename succeeds for only one of them.
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
