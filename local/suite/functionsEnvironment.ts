import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Param } from './functionsManifest.ts';
import { localCreemApiKey, localCreemWebhookSecret } from './localCreem.ts';
import { localUpstreamSecret } from './localUpstream.ts';
import { localMaintenanceDatabase } from './maintenance.ts';
import type { SuitePorts } from './ports.ts';
import type { StripeSettings } from './stripe.ts';
import { Problem } from './task/problem.ts';
import { projectId, refusedPorts, suiteUrls } from './urls.ts';

/** Key of the seals on orders in the metadata of payments. A constant is safe, because the stand-ins keep no data. */
const localDeploymentKey = 'deployment_key_of_the_local_suite_0001';

const mark = '# Written by the starter of the local suite';
const header = `${mark} at every start, removed when it stops.`;

/** Returns the required values of the functions' parameters and secrets in the local suite. */
export function suiteValues(ports: SuitePorts, stripe: StripeSettings): Record<string, string> {
  const urls = suiteUrls(ports);
  return {
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRETS: stripe.webhookSecrets,
    STRIPE_API_BASE_URL: stripe.apiBaseUrl,
    CREEM_API_BASE_URL: urls.creem,
    CREEM_API_KEY: localCreemApiKey,
    CREEM_WEBHOOK_SECRETS: localCreemWebhookSecret,
    DEPLOYMENT_KEYS: localDeploymentKey,
    DELIVERY_UPSTREAM_URL: urls.upstream,
    DELIVERY_UPSTREAM_SECRET: localUpstreamSecret,
    WEBHOOK_REFUSED_PORTS: refusedPorts(ports),
    MAINTENANCE_DATABASE: localMaintenanceDatabase,
    ALLOWED_ORIGINS: [urls.hosting, urls.hosting.replace('127.0.0.1', 'localhost')].join(','),
  };
}

// Values of parameters that no file in functions/ sets.
const presets: Record<string, string> = {
  CATALOG: 'cloud-bridge',
  DELIVERY_DEADLINE_SECONDS: '4',
  WEBHOOK_TARGETS: 'loopback',
  USDC_RPC_URL: 'public',
};

/** Sources of the values of parameters and secrets. */
export interface EnvironmentSources {
  /** Values that the suite requires, whatever the files set. */
  values: Record<string, string>;
  /** Names of the parameters that files in functions/ set; these keep their values. */
  inFiles: Set<string>;
  env: NodeJS.ProcessEnv;
}

/**
 * Returns the contents of two files with a line for each declared parameter and secret. The Functions emulator prompts
 * for every parameter without a value in a file, even if the parameter has a default, and asks Secret Manager for every
 * secret without a value in a file.
 *
 * @throws Problem when a parameter has neither a value nor a default
 */
export function environmentFiles(params: Param[], sources: EnvironmentSources): { env: string; secrets: string } {
  const { values, inFiles, env } = sources;
  const lines = { env: [header], secrets: [header] };
  for (const param of params) {
    const { name, type } = param;
    // The emulator treats an empty secret as missing.
    if (type === 'secret') {
      lines.secrets.push(line(name, values[name] || env[name] || presets[name] || 'not_set_locally'));
      continue;
    }
    const value = values[name] ?? (inFiles.has(name) ? undefined : (presets[name] ?? literalDefault(param)));
    if (value !== undefined) lines.env.push(line(name, value));
    else if (!inFiles.has(name)) {
      throw new Problem(`The parameter ${name} has no default: set its value in functions/.env.${projectId}.`);
    }
  }
  return { env: `${lines.env.join('\n')}\n`, secrets: `${lines.secrets.join('\n')}\n` };
}

/** Returns the names of the parameters that the committed files of this project set. */
export function namesInFiles(root: string): Set<string> {
  const texts = ['.env', `.env.${projectId}`].map((name) => readIfThere(join(root, 'functions', name)));
  return new Set([...texts.join('\n').matchAll(/^\s*(?:export\s+)?([A-Z_]\w*)\s*=/gm)].map(([, name = '']) => name));
}

/**
 * Writes the files to paths that only the Functions emulator reads; returns a function that deletes the files.
 *
 * @throws Problem when a file exists that the suite didn't write
 */
export function writeEnvironmentFiles(root: string, files: { env: string; secrets: string }): () => void {
  const paths = { env: join(root, 'functions', '.env.local'), secrets: join(root, 'functions', '.secret.local') };
  for (const path of Object.values(paths)) {
    const existing = readIfThere(path);
    if (existing === '' || existing.startsWith(mark)) continue;
    throw new Problem(
      `${path} already exists, but the local suite must write that file itself. Put your own parameters into ` +
        `functions/.env.${projectId}, and your own secrets into the environment.`,
    );
  }
  writeFileSync(paths.env, files.env);
  writeFileSync(paths.secrets, files.secrets, { mode: 0o600 });
  return () => {
    for (const path of Object.values(paths)) rmSync(path, { force: true });
  };
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function literalDefault({ default: value }: Param): string | undefined {
  if (Array.isArray(value)) return JSON.stringify(value);
  if (value === undefined || String(value).includes('{{')) return undefined;
  return String(value);
}

function line(name: string, value: string): string {
  return `${name}="${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
