import { randomBytes } from 'node:crypto';
import type { IsoTime } from '@cloud-bridge/base';
import type { WebhookDelivery } from './delivery.ts';
import { activeSecrets, type WebhookEndpoint } from './endpoint.ts';
import type { SignedMessage } from './webhookSender.ts';

const SECRET_BYTES = 32;

/** Creates a random signing secret in the format of https://www.standardwebhooks.com. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** Returns the request for a delivery at a moment, with a signature by each of the endpoint's active secrets. */
export async function signMessage(
  delivery: WebhookDelivery,
  endpoint: WebhookEndpoint,
  now: IsoTime,
): Promise<SignedMessage> {
  // Loaded here, so that only processes that send webhooks load the package.
  const { Webhook } = await import('standardwebhooks');
  const at = new Date(now);
  const signatures = activeSecrets(endpoint, now).map((secret) =>
    new Webhook(secret).sign(delivery.eventId, at, delivery.body),
  );
  return {
    url: endpoint.url,
    body: delivery.body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'CloudBridgeBilling/1',
      'webhook-id': delivery.eventId,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signatures.join(' '),
    },
  };
}
