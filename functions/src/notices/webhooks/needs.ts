import type { AlertsNeeds } from '../alerts/needs.ts';
import type { WebhookDeliveryStore } from './deliveries.store.ts';
import type { WebhookEndpointStore } from './endpoints.store.ts';
import type { WebhookLineStore } from './lines.store.ts';
import type { EndpointCounts, SendLimiter } from './ports.ts';
import type { WebhookSender } from './webhookSender.ts';
import type { WebhookTasks } from './webhookTasks.ts';

/** Needs of the use cases that manage an account's endpoints and send events to them. */
export interface WebhooksNeeds extends AlertsNeeds {
  readonly accounts: EndpointCounts;
  readonly rateLimiter: SendLimiter;
  readonly webhookDeliveries: WebhookDeliveryStore;
  readonly webhookEndpoints: WebhookEndpointStore;
  readonly webhookLines: WebhookLineStore;
  readonly webhookSender: WebhookSender;
  readonly webhookTasks: WebhookTasks;
}
