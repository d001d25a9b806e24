import { randomBytes } from 'node:crypto';
import type { IsoTime } from '@cloud-bridge/base';
import type { WebhookDelivery } from './delivery.ts';
import { activeSecrets, type WebhookEndpoint } from './endpoint.ts';
import type { SignedMessage } from './webhookSender.ts';

const SECRET_BYTES = 32;

/** A new signing secret, in the form of https://www.standardwebhooks.com. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** A delivery as it is sent at a moment, with a signature by each secret that is in use. */
export async function signMessage(
  delivery: WebhookDelivery,
  endpoint: WebhookEndpoint,
  now: IsoTime,
): Promise<SignedMessage> {
  // Only what sends webhooks has to load it.
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
