import type { App } from 'firebase-admin/app';
import * as z from 'zod';
import { FUNCTION_NAMES, REGION } from '../../platform/deployment.ts';

const taskSchema = z.object({ deliveryId: z.string() });

/** The task queue in which deliveries wait until their next attempt is due. */
export interface WebhookTasks {
  /** Schedules an attempt at a delivery after a number of seconds. */
  enqueue(deliveryId: string, delaySeconds: number): Promise<void>;
}

/** Queues tasks for the function `deliverWebhook`, in the Cloud Tasks queue that is deployed with the function. */
export class CloudWebhookTasks implements WebhookTasks {
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async enqueue(deliveryId: string, delaySeconds: number): Promise<void> {
    const { getFunctions } = await import('firebase-admin/functions');
    const queue = getFunctions(this.#app).taskQueue(`locations/${REGION}/functions/${FUNCTION_NAMES.deliverWebhook}`);
    await queue.enqueue({ deliveryId }, { scheduleDelaySeconds: delaySeconds, dispatchDeadlineSeconds: 60 });
  }
}

/**
 * Reads the delivery's id from a task's data.
 * @throws ZodError when the data has another shape
 */
export function deliveryIdOf(data: unknown): string {
  return taskSchema.parse(data).deliveryId;
}
