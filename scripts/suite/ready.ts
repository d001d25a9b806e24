import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../task/problem.ts';
import { answers, type Listener } from './ports.ts';
import type { SuiteUrls } from './urls.ts';

const pauseMs = 250;

/** Waits until the API answers, which it does last: every emulator of the hub's list runs by then. */
export function untilApiAnswers(urls: SuiteUrls, deadlineMs: number, signal: AbortSignal): Promise<void> {
  return until(() => apiAnswers(urls), 'The emulator suite', deadlineMs, signal);
}

/** Waits until something listens there. */
export function untilListening(listener: Listener, deadlineMs: number, signal: AbortSignal): Promise<void> {
  return until(() => answers(listener), listener.name, deadlineMs, signal);
}

/** Whether the whole suite is up: the hub knows the emulators, and the API is healthy. */
export async function apiAnswers(urls: SuiteUrls): Promise<boolean> {
  const emulators = (await fetchJson(`${urls.hub}/emulators`)) as Record<string, unknown> | undefined;
  const expected = ['auth', 'functions', 'firestore', 'hosting', 'tasks'];
  if (!emulators || !expected.every((name) => name in emulators)) return false;
  return (await fetchJson(`${urls.api}/health`)) !== undefined;
}

async function fetchJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    return response.ok ? await response.json() : undefined;
  } catch {
    // Not up yet.
    return undefined;
  }
}

async function until(
  test: () => Promise<boolean>,
  what: string,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await test())) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Problem(`${what} was not ready after ${deadlineMs / 1000} seconds.`);
    await sleep(pauseMs);
  }
}
