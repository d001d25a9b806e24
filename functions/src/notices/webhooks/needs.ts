import type { AlertsNeeds } from '../alerts/needs.ts';
import type { WebhookDeliveryStore } from './deliveries.store.ts';
import type { WebhookEndpointStore } from './endpoints.store.ts';
import type { WebhookLineStore } from './lines.store.ts';
import type { EndpointCounts, SendLimiter } from './ports.ts';
import type { WebhookSender } from './webhookSender.ts';
import type { WebhookTasks } from './webhookTasks.ts';

/** What sends events to the endpoints of an account. */
export interface WebhooksNeeds extends AlertsNeeds {
  readonly accounts: EndpointCounts;
  readonly rateLimiter: SendLimiter;
  readonly webhookDeliveries: WebhookDeliveryStore;
  readonly webhookEndpoints: WebhookEndpointStore;
  readonly webhookLines: WebhookLineStore;
  readonly webhookSender: WebhookSender;
  readonly webhookTasks: WebhookTasks;
}
