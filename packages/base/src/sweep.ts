import type { Logger } from './logger.ts';

/** How many things one pass takes on. */
const PAGE_SIZE = 200;
/** How many passes one run makes; what is left is for the next run. */
const MAX_PAGES = 50;
/** How many of the things that were left are named in the log. */
const MAX_NAMED = 20;

/**
 * Works through a list that gets shorter by the work, page after page; says how many were done. One that fails or
 * doesn't move is logged and passed over, so that it doesn't keep the others waiting; at the end the first failure is
 * thrown. A run ends after so many pages, whatever the list says.
 * @param list gives a page, leaving out so many at the front
 * @param settle false for one that it didn't move: somebody else settled it first, or it can't be settled
 * @param nameOf what the log calls one
 */
export async function sweep<T>(
  logger: Logger,
  list: (limit: number, offset: number) => Promise<T[]>,
  settle: (item: T) => Promise<boolean>,
  nameOf: (item: T) => string,
): Promise<number> {
  let done = 0;
  const unmoved: string[] = [];
  const failures: { name: string; cause: unknown }[] = [];
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await list(PAGE_SIZE, unmoved.length + failures.length);
    const outcomes = await Promise.allSettled(page.map(settle));
    for (const [index, item] of page.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status === 'rejected') failures.push({ name: nameOf(item), cause: outcome.reason });
      else if (outcome?.value) done += 1;
      else unmoved.push(nameOf(item));
    }
    if (page.length < PAGE_SIZE) break;
  }
  if (unmoved.length > 0) logger.info('not swept', { count: unmoved.length, items: unmoved.slice(0, MAX_NAMED) });
  for (const { name, cause } of failures.slice(0, MAX_NAMED)) {
    logger.error('could not be swept', { item: name, cause: String(cause), count: failures.length });
  }
  if (failures[0]) throw failures[0].cause;
  return done;
}
