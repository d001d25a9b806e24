import { once } from './once.ts';

/** An object of which every method answers with a promise. */
export type Asynchronous<T> = { [K in keyof T]: T[K] extends (...args: never[]) => Promise<unknown> ? T[K] : never };

/**
 * Stands for an object that is loaded when one of its methods is first called, so that a cold start doesn't wait for
 * what most requests never need.
 */
export function lazily<T extends object & Asynchronous<T>>(load: () => Promise<T>): T {
  const loaded = once(load);
  return new Proxy({} as T, {
    get: (_target, name) => {
      // Otherwise whoever awaits the object would take it for a promise.
      if (name === 'then') return undefined;
      return async (...args: unknown[]) => {
        const object = await loaded();
        return (object[name as keyof T] as (...args: unknown[]) => Promise<unknown>).apply(object, args);
      };
    },
  });
}
