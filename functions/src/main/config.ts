import { defineSecret, defineString } from 'firebase-functions/params';
import * as z from 'zod';
import { BUILT_IN_CATALOG_NAMES } from '../catalog/builtInCatalogs.ts';
import { WEBHOOK_TARGETS } from '../notices/webhooks/targetAddress.ts';
import { issueText } from '../platform/http/issueText.ts';
import { problemWithXpub } from '../providers/usdc/extendedKey.ts';
import { USDC_CHAIN_NAMES } from '../sales/payments/usdcChains.ts';

const stripeSecretKey = defineSecret('STRIPE_SECRET_KEY');
const stripeWebhookSecrets = defineSecret('STRIPE_WEBHOOK_SECRETS');
const creemApiKey = defineSecret('CREEM_API_KEY');
const creemWebhookSecrets = defineSecret('CREEM_WEBHOOK_SECRETS');
const deploymentKeys = defineSecret('DEPLOYMENT_KEYS');
const deploymentId = defineString('DEPLOYMENT_ID', {
  default: '',
  description: "The name of this deployment in payments' metadata; empty for the id of the project.",
});
const creemApiBaseUrl = defineString('CREEM_API_BASE_URL', {
  default: '',
  description: 'Address of the Creem API: https://api.creem.io, https://test-api.creem.io, or empty without Creem.',
});
const stripeApiBaseUrl = defineString('STRIPE_API_BASE_URL', {
  default: 'https://api.stripe.com',
  description: 'Address of the Stripe API; change it only for the local stand-in.',
});
const deliveryUpstreamSecret = defineSecret('DELIVERY_UPSTREAM_SECRET');
const deliveryUpstreamUrl = defineString('DELIVERY_UPSTREAM_URL', {
  default: '',
  description: 'Base address (https) of the service that makes deliveries; empty if there is none.',
});
const deliveryDeadlineSeconds = defineString('DELIVERY_DEADLINE_SECONDS', {
  default: '20',
  description: 'Seconds that a delivery may take, all attempts together: 2 to 40.',
});
const allowedOrigins = defineString('ALLOWED_ORIGINS', {
  description: 'Comma-separated origins of your web pages, allowed for CORS and as redirect targets of Checkout.',
});
const stripeTax = defineString('STRIPE_TAX', {
  default: 'off',
  description: 'Stripe Tax in Checkout: off, exclusive (added to the prices) or inclusive (contained in the prices).',
});
const catalogName = defineString('CATALOG', {
  default: 'cloud-bridge',
  description: 'Built-in catalog to start with: cloud-bridge or passthrough.',
});

const proxyHops = defineString('PROXY_HOPS', {
  default: '0',
  description: 'Number of your own proxies in front of the function, 0 to 5; needed for the IP lists of API keys.',
});

const maintenance = defineString('MAINTENANCE', {
  default: 'off',
  description: 'on: this deployment writes nothing. For projects without a database for the maintenance switch.',
});
const maintenanceDatabase = defineString('MAINTENANCE_DATABASE', {
  default: '',
  description: 'Id of a second Firestore database with the maintenance switch; empty if there is none.',
});

const webhookTargets = defineString('WEBHOOK_TARGETS', {
  default: 'public',
  description: 'Allowed addresses of webhooks: public, or loopback (public and loopback, only for the local suite).',
});

const webhookRefusedPorts = defineString('WEBHOOK_REFUSED_PORTS', {
  default: '',
  description: 'Comma-separated ports of this machine that webhooks must not use; the local suite sets its own ports.',
});

const usdcDepositXpub = defineString('USDC_DEPOSIT_XPUB', {
  default: '',
  description: 'Extended public key (xpub) of the deposit addresses for USDC; empty without USDC. Never a private key.',
});
const usdcChain = defineString('USDC_CHAIN', {
  default: 'base',
  description: 'The chain of USDC deposits: base, or base-sepolia for tests.',
});
/** A secret, because the address of a node may contain an access key. */
const usdcRpcUrl = defineSecret('USDC_RPC_URL');
/** The value for the chain's public node, because a secret can't be empty. */
const PUBLIC_NODE = 'public';
const usdcConfirmations = defineString('USDC_CONFIRMATIONS', {
  default: '30',
  description:
    'Blocks until a deposit is credited, including its own: 1 to 10000. Base makes a block every two seconds.',
});

/** The secrets of the functions in `index.ts`. */
export const API_SECRETS = [stripeSecretKey, creemApiKey, deploymentKeys, deliveryUpstreamSecret, usdcRpcUrl];
export const DELIVERY_SECRETS = [deliveryUpstreamSecret];
export const DEPOSIT_SECRETS = [usdcRpcUrl];
export const PAYMENT_SECRETS = [stripeSecretKey, creemApiKey, deploymentKeys];
export const STRIPE_WEBHOOK_SECRETS = [stripeSecretKey, stripeWebhookSecrets, deploymentKeys];
export const CREEM_WEBHOOK_SECRETS = [creemApiKey, creemWebhookSecrets, deploymentKeys];

const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  message: 'must be an origin such as https://example.com, without a path',
});

/**
 * An https address, or an http address of this machine. Requests may contain keys or passwords, and a node's answers
 * decide about credits, so both need an encrypted connection to other machines.
 */
const secureUrl = z
  .string()
  .refine(isSecureUrl, { message: 'must be an https address' })
  .transform((text) => text.replace(/\/+$/, ''));

function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname));
}

const xpub = z.string().superRefine((text, context) => {
  const problem = problemWithXpub(text);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const usdcSchema = z.object({
  depositXpub: xpub,
  chain: z.enum(USDC_CHAIN_NAMES),
  confirmations: z.coerce.number().pipe(z.int().min(1).max(10_000)),
});

const configSchema = z.object({
  allowedOrigins: commaSeparated.pipe(z.array(origin).min(1)),
  catalogName: z.enum(BUILT_IN_CATALOG_NAMES),
  deliveryDeadlineSeconds: z.coerce.number().pipe(z.int().min(2).max(40)),
  creemApiBaseUrl: secureUrl.nullable(),
  deliveryUpstreamUrl: secureUrl.nullable(),
  deploymentId: z.string().regex(/^[\w.-]{1,100}$/, { message: 'must be 1 to 100 letters, digits, dots or hyphens' }),
  proxyHops: z.coerce.number().pipe(z.int().min(0).max(5)),
  stripeApiBaseUrl: z.url({ protocol: /^https?$/, message: 'must be an http or https address' }),
  stripeTax: z.enum(['off', 'exclusive', 'inclusive']),
  usdc: usdcSchema.nullable(),
  webhookRefusedPorts: commaSeparated.pipe(z.array(z.coerce.number<string>().pipe(z.int().min(1).max(65_535)))),
  webhookTargets: z.enum(WEBHOOK_TARGETS),
});

/** All parameters of a deployment except secrets. The first allowed origin has the default pages. */
export type Config = z.infer<typeof configSchema>;

/** Like the schema's `safeParse`, with the messages of {@link issueText}. */
function parse<S extends z.ZodType>(schema: S, values: unknown): z.ZodSafeParseResult<z.output<S>> {
  return schema.safeParse(values, { error: issueText });
}

/**
 * Reads and validates all parameters.
 * @throws an Error that names the wrong parameters, so that a failed deployment shows the reason
 */
export function readConfig(): Config {
  const result = parse(configSchema, {
    allowedOrigins: allowedOrigins.value(),
    catalogName: catalogName.value(),
    deliveryDeadlineSeconds: deliveryDeadlineSeconds.value() || '20',
    creemApiBaseUrl: creemApiBaseUrl.value() || null,
    deliveryUpstreamUrl: deliveryUpstreamUrl.value() || null,
    deploymentId: deploymentId.value() || process.env.GCLOUD_PROJECT || '',
    proxyHops: proxyHops.value() || '0',
    stripeApiBaseUrl: stripeApiBaseUrl.value(),
    stripeTax: stripeTax.value(),
    usdc: usdcDepositXpub.value() === '' ? null : usdcParameters(),
    webhookRefusedPorts: webhookRefusedPorts.value(),
    webhookTargets: webhookTargets.value() || 'public',
  });
  if (!result.success) throw new Error(`Configuration: ${z.prettifyError(result.error)}`);
  return result.data;
}

function usdcParameters() {
  return {
    depositXpub: usdcDepositXpub.value(),
    chain: usdcChain.value() || 'base',
    confirmations: usdcConfirmations.value() || '30',
  };
}

const maintenanceSchema = z.object({
  isOn: z.enum(['off', 'on']).transform((value) => value === 'on'),
  databaseId: z
    .string()
    .regex(/^[a-z][a-z0-9-]{2,61}[a-z0-9]$/, { message: 'must be the id of a database other than (default)' })
    .nullable(),
});

/**
 * Reads whether this deployment switches maintenance on, and the id of the database with the maintenance switch.
 * @throws an Error that names the wrong parameters
 */
export function readMaintenance(): z.infer<typeof maintenanceSchema> {
  const result = parse(maintenanceSchema, {
    isOn: maintenance.value() || 'off',
    databaseId: maintenanceDatabase.value() || null,
  });
  if (!result.success) throw new Error(`Configuration of maintenance: ${z.prettifyError(result.error)}`);
  return result.data;
}

export function readStripeSecretKey(): string {
  return required(stripeSecretKey.value(), 'STRIPE_SECRET_KEY');
}

/** Characters of a deployment key at least; a shorter key could be guessed. */
const MIN_DEPLOYMENT_KEY_LENGTH = 32;

/**
 * Returns the keys that authenticate orders in payments' metadata. The first key signs, all keys verify; there are
 * several during a rotation.
 */
export function readDeploymentKeys(): string[] {
  const keys = commaSeparated.parse(required(deploymentKeys.value(), 'DEPLOYMENT_KEYS'));
  const isShort = keys.length === 0 || keys.some(({ length }) => length < MIN_DEPLOYMENT_KEY_LENGTH);
  if (isShort) {
    throw new Error(
      `Configuration: each key in DEPLOYMENT_KEYS must be at least ${MIN_DEPLOYMENT_KEY_LENGTH} characters.`,
    );
  }
  return keys;
}

/** Returns the secrets that sign requests to the delivery service; several during a rotation. */
export function readDeliveryUpstreamSecrets(): string[] {
  return commaSeparated.parse(required(deliveryUpstreamSecret.value(), 'DELIVERY_UPSTREAM_SECRET'));
}

/** Returns the signing secrets of Stripe's webhook endpoint; several during a rotation. */
export function readStripeWebhookSecrets(): string[] {
  return commaSeparated.parse(required(stripeWebhookSecrets.value(), 'STRIPE_WEBHOOK_SECRETS'));
}

export function readCreemApiKey(): string {
  return required(creemApiKey.value(), 'CREEM_API_KEY');
}

/**
 * Returns the JSON-RPC address of a node of the chain for USDC; null for the chain's public node.
 * @throws an Error that doesn't repeat the wrong address, which may contain a key
 */
export function readUsdcRpcUrl(): string | null {
  const value = usdcRpcUrl.value().trim();
  if (value === '' || value === PUBLIC_NODE) return null;
  const parsed = secureUrl.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`Configuration: the secret USDC_RPC_URL must be an https address, or ${PUBLIC_NODE}.`);
}

/** Returns the signing secrets of Creem's webhook; several during a rotation. */
export function readCreemWebhookSecrets(): string[] {
  return commaSeparated.parse(required(creemWebhookSecrets.value(), 'CREEM_WEBHOOK_SECRETS'));
}

function required(value: string, name: string): string {
  if (!value) throw new Error(`Configuration: the secret ${name} is not set.`);
  return value;
}
