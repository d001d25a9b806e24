import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 2_000;
const silenceMs = 30_000;

/**
 * Runs `work` while holding the lock file; waits for another process that holds it. A holder that died, or that has
 * shown no heartbeat for a while (it may run in another container), does not count.
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
    // A child that does the work counts as a holder: it may survive this process.
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
    // Gone meanwhile, or being written at this moment.
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return false;
    throw error;
  }
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody deleted it by hand; the work goes on.
  }
}

function moveAway(file) {
  // A rename succeeds for one of several that find the same stale lock.
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
