import type { App } from 'firebase-admin/app';
import * as z from 'zod';
import { FUNCTION_NAMES, REGION } from '../../platform/deployment.ts';

const taskSchema = z.object({ deliveryId: z.string() });

/** Where deliveries wait for their time. */
export interface WebhookTasks {
  /** Has a delivery attempted after so many seconds. */
  enqueue(deliveryId: string, delaySeconds: number): Promise<void>;
}

/** Tasks for the function `deliverWebhook`, in the queue that is deployed with it. */
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
 * The delivery that a task is for.
 * @throws for what isn't one of these tasks
 */
export function deliveryIdOf(data: unknown): string {
  return taskSchema.parse(data).deliveryId;
}
