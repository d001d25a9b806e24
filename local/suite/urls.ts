import { FUNCTION_NAMES, REGION } from '../../functions/src/platform/deployment.ts';
import type { Listener, SuitePorts } from './ports.ts';

export const projectId = 'demo-cloud-bridge';

/** The addresses of the suite. */
export interface SuiteUrls {
  hosting: string;
  /** Direct address of the function `api`; through Hosting the address is `${hosting}/api`. */
  api: string;
  stripeWebhook: string;
  creemWebhook: string;
  auth: string;
  stripe: string;
  upstream: string;
  creem: string;
  hub: string;
}

/** Returns the addresses that people and scripts use. */
export function suiteUrls(ports: SuitePorts): SuiteUrls {
  const functions = `${url(ports.functions)}/${projectId}/${REGION}`;
  return {
    hosting: url(ports.hosting),
    api: `${functions}/${FUNCTION_NAMES.api}`,
    stripeWebhook: `${functions}/${FUNCTION_NAMES.stripeWebhook}`,
    creemWebhook: `${functions}/${FUNCTION_NAMES.creemWebhook}`,
    auth: url(ports.auth),
    stripe: url(ports.stripe),
    upstream: url(ports.upstream),
    creem: url(ports.creem),
    hub: url(ports.hub),
  };
}

/** Returns the environment variables by which a client process, such as a test, reaches the suite. */
export function clientEnvironment(ports: SuitePorts): Record<string, string> {
  const urls = suiteUrls(ports);
  return {
    GCLOUD_PROJECT: projectId,
    GOOGLE_CLOUD_PROJECT: projectId,
    FIRESTORE_EMULATOR_HOST: address(ports.firestore),
    FIREBASE_AUTH_EMULATOR_HOST: address(ports.auth),
    FIREBASE_EMULATOR_HUB: address(ports.hub),
    CLOUD_TASKS_EMULATOR_HOST: address(ports.tasks),
    // Keeps Google's libraries from looking for the cloud's metadata server, which doesn't exist here.
    METADATA_SERVER_DETECTION: 'none',
    API_URL: urls.api,
    HOSTING_URL: urls.hosting,
    STRIPE_WEBHOOK_URL: urls.stripeWebhook,
    WEBHOOK_REFUSED_PORTS: refusedPorts(ports),
  };
}

/** Returns the suite's own ports, which customers' webhooks may not call. */
export function refusedPorts(ports: SuitePorts): string {
  return ports.all.map(({ port }) => port).join(',');
}

function address({ host, port }: Listener): string {
  return `${host}:${port}`;
}

function url(listener: Listener): string {
  return `http://${address(listener)}`;
}
