/** The error in place of a call at which a test lets the process crash. */
export class Crash extends Error {}
export const crash = () => Promise.reject(new Crash('the process is gone'));

/** Returns a part of the system with one method replaced. */
export function withMethod<T extends object>(part: T, name: keyof T, method: (...args: never[]) => unknown): T {
  return new Proxy(part, {
    get: (target, property) => {
      if (property === name) return method;
      const value = Reflect.get(target, property) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
