import { AsyncLocalStorage } from 'node:async_hooks';

const readOnly = new AsyncLocalStorage<true>();

/** Does some work that may write nothing, neither before it returns nor afterwards: its commits are refused. */
export function withoutWriting<T>(work: () => T): T {
  return readOnly.run(true, work);
}

/** True within such work, which then gives what is stored and leaves to others what is due. */
export function isReadOnly(): boolean {
  return readOnly.getStore() === true;
}
