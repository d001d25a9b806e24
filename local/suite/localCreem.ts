import type { SuitePorts } from './ports.ts';
import { type StandInOptions, startStandIn } from './standIn.ts';
import type { SuiteUrls } from './urls.ts';

/** API key that the suite's functions send to the local Creem. */
export const localCreemApiKey = 'creem_test_local_cloud_bridge';
/** Secret that the local Creem signs its webhooks with. */
export const localCreemWebhookSecret = 'whsec_local_creem';

/** Starts the local stand-in for Creem and waits until it listens. */
export function startLocalCreem(options: StandInOptions, ports: SuitePorts, urls: SuiteUrls): Promise<void> {
  return startStandIn(options, {
    name: 'creem',
    title: 'The local Creem',
    listener: ports.creem,
    env: {
      LOCAL_CREEM_PORT: String(ports.creem.port),
      LOCAL_CREEM_API_KEY: localCreemApiKey,
      LOCAL_CREEM_WEBHOOK_URL: urls.creemWebhook,
      LOCAL_CREEM_WEBHOOK_SECRET: localCreemWebhookSecret,
    },
  });
}
