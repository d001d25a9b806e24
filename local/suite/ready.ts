import { setTimeout as sleep } from 'node:timers/promises';
import { answers, type Listener } from './ports.ts';
import type { SuiteUrls } from './urls.ts';

const pauseMs = 250;

/** Waits until the API, the last part to start, answers. Returns false when the deadline passes first. */
export function apiAnswersWithin(deadlineMs: number, urls: SuiteUrls, signal: AbortSignal): Promise<boolean> {
  return within(deadlineMs, () => apiAnswers(urls), signal);
}

/** Waits until a program listens at an address. Returns false when the deadline passes first. */
export function listensWithin(deadlineMs: number, listener: Listener, signal: AbortSignal): Promise<boolean> {
  return within(deadlineMs, () => answers(listener), signal);
}

/** Returns whether the whole suite is running: the hub knows the emulators, and the API is healthy. */
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
    // The server isn't running yet.
    return undefined;
  }
}

async function within(deadlineMs: number, test: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + deadlineMs;
  while (!(await test())) {
    signal.throwIfAborted();
    if (Date.now() > deadline) return false;
    await sleep(pauseMs);
  }
  return true;
}
