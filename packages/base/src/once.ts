/** Makes a thing on first use and keeps it. A promise that fails is forgotten, so that the next use tries again. */
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
