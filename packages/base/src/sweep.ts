import type { Logger } from './logger.ts';

/** Items per page. */
const PAGE_SIZE = 200;
/** Pages per run; the next run does the rest. */
const MAX_PAGES = 50;
/** Unsettled items that the log names. */
const MAX_NAMED = 20;

/**
 * Settles every item of a list that shrinks as its items are settled, page after page. Returns the number of settled
 * items. An item that fails or stays in the list is logged and skipped, so that it doesn't block the others. A run ends
 * after a fixed number of pages, so that a list that never shrinks can't run forever.
 * @param list returns a page after skipping `offset` items at the front
 * @param settle returns false if the item stays in the list: another process settled it first, or it can't be settled
 * @param nameOf the item's name in the log
 * @throws the first failure, after all items were tried
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
