/** What a process that is gone leaves of its request. */
export class Crash extends Error {}
export const crash = () => Promise.reject(new Crash('the process is gone'));

/** The same part of the system, with one of its methods replaced. */
export function withMethod<T extends object>(part: T, name: keyof T, method: (...args: never[]) => unknown): T {
  return new Proxy(part, {
    get: (target, property) => {
      if (property === name) return method;
      const value = Reflect.get(target, property) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
