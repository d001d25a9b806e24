/**
 * Returns a function that calls `make` on first use and keeps the result. A rejected promise isn't kept, so that the
 * next use tries again.
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    if (made) return made.value;
    const first = { value: make() };
    made = first;
    if (first.value instanceof Promise) {
      first.value.catch(() => {
        made = undefined;
      });
    }
    return first.value;
  };
}
