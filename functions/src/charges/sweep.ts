import { AppError } from '../shared/appError.ts';
import type { Logger } from '../shared/logger.ts';

/** How many things one pass takes on. */
const PAGE_SIZE = 200;

/**
 * Works through a list that gets shorter by the work, page after page; says how many were done. One that fails is
 * logged and passed over, so that it doesn't keep the others waiting; after the last page the first failure is thrown.
 * @param list gives a page, leaving out so many at the front
 * @param settle false for one that somebody else settled first
 */
export async function sweep<T>(
  logger: Logger,
  list: (limit: number, offset: number) => Promise<T[]>,
  settle: (item: T) => Promise<boolean>,
): Promise<number> {
  let done = 0;
  const failures: unknown[] = [];
  for (;;) {
    const page = await list(PAGE_SIZE, failures.length);
    const outcomes = await Promise.allSettled(page.map(settle));
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') done += Number(outcome.value);
      else failures.push(outcome.reason);
    }
    if (page.length < PAGE_SIZE) break;
    // A page in which nothing went any further would come again for ever.
    if (outcomes.every((outcome) => outcome.status === 'fulfilled' && !outcome.value)) break;
  }
  for (const failure of failures) logger.error('could not be swept', { cause: String(failure) });
  if (failures.length > 0) throw failures[0];
  return done;
}

/** True when a command went through, false when it was refused; an outage is thrown. */
export async function unlessRefused(command: Promise<unknown>): Promise<boolean> {
  try {
    await command;
    return true;
  } catch (error) {
    if (error instanceof AppError && error.httpStatus < 500) return false;
    throw error;
  }
}
