import { once } from './once.ts';

/** An object whose methods all return promises. */
export type Asynchronous<T> = { [K in keyof T]: T[K] extends (...args: never[]) => Promise<unknown> ? T[K] : never };

/**
 * Returns a proxy for an object that is loaded when one of its methods is first called, so that a cold start doesn't
 * load code that most requests never use.
 */
export function lazily<T extends object & Asynchronous<T>>(load: () => Promise<T>): T {
  const loaded = once(load);
  return new Proxy({} as T, {
    get: (_target, name) => {
      // Without this, `await` would treat the proxy as a promise.
      if (name === 'then') return undefined;
      return async (...args: unknown[]) => {
        const object = await loaded();
        return (object[name as keyof T] as (...args: unknown[]) => Promise<unknown>).apply(object, args);
      };
    },
  });
}
