import { cleanError } from '@cloud-bridge/base';
import * as firestore from 'firebase-functions/firestore';
import * as scheduler from 'firebase-functions/scheduler';
import * as tasks from 'firebase-functions/tasks';

/**
 * The functions of firebase-functions that define triggers, schedules and tasks, with cleaned errors. The framework
 * logs errors, and an error about a blockchain node or a webhook's receiver names an address, which may contain a key.
 */
export const onDocumentCreated = cleanly(firestore.onDocumentCreated);
export const onDocumentWritten = cleanly(firestore.onDocumentWritten);
export const onSchedule = cleanly(scheduler.onSchedule);
export const onTaskDispatched = cleanly(tasks.onTaskDispatched);

type Handler = (event: unknown) => unknown;

function cleanly<T extends (options: never, handler: never) => unknown>(declare: T): T {
  const declared = declare as unknown as (options: unknown, handler: Handler) => unknown;
  return ((options: unknown, handler: Handler) =>
    declared(options, async (event) => {
      try {
        return await handler(event);
      } catch (error) {
        throw cleanError(error);
      }
    })) as unknown as T;
}
