import { join } from 'node:path';
import type { SuitePorts } from './ports.ts';
import type { Processes } from './processes.ts';
import { listensWithin } from './ready.ts';
import type { SuiteUrls } from './urls.ts';

const deadlineMs = 60_000;

/** What the functions of the suite show the local Creem, and what it signs its webhooks with. */
export const localCreemApiKey = 'creem_test_local_cloud_bridge';
export const localCreemWebhookSecret = 'whsec_local_creem';

export interface LocalCreemOptions {
  root: string;
  processes: Processes;
  ports: SuitePorts;
  urls: SuiteUrls;
  folder: string;
  ended: AbortSignal;
}

/** Starts the local stand-in for Creem and waits until it listens. */
export async function startLocalCreem(options: LocalCreemOptions): Promise<void> {
  const { root, processes, ports, urls, folder, ended } = options;
  const log = processes.start({
    name: 'The local Creem',
    command: process.execPath,
    args: [join(root, 'local', 'creem', 'main.ts')],
    cwd: root,
    env: {
      ...process.env,
      LOCAL_CREEM_PORT: String(ports.creem.port),
      LOCAL_CREEM_API_KEY: localCreemApiKey,
      LOCAL_CREEM_WEBHOOK_URL: urls.creemWebhook,
      LOCAL_CREEM_WEBHOOK_SECRET: localCreemWebhookSecret,
    },
    logPath: join(folder, 'creem.log'),
  });
  if (await listensWithin(deadlineMs, ports.creem, ended)) return;
  await processes.failWithLog(`The local Creem did not listen within ${deadlineMs / 1000} seconds.`, log);
}
