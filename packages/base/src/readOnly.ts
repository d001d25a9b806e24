import { AsyncLocalStorage } from 'node:async_hooks';

const readOnly = new AsyncLocalStorage<true>();

/** Runs work whose commits are refused, including commits that the work starts and doesn't wait for. */
export function withoutWriting<T>(work: () => T): T {
  return readOnly.run(true, work);
}

/** True inside {@link withoutWriting}. Code that would write due changes then only returns what is stored. */
export function isReadOnly(): boolean {
  return readOnly.getStore() === true;
}
