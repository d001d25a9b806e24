/**
 * Returns a function that runs pieces of work one after the other, in the order of its calls. A failure rejects only
 * its own call.
 */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
}
