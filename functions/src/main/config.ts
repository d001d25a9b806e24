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
  description: "What this deployment is called in payments' metadata; empty for the id of the project.",
});
const creemApiBaseUrl = defineString('CREEM_API_BASE_URL', {
  default: '',
  description: 'Where the Creem API is: https://api.creem.io, https://test-api.creem.io, or empty without Creem.',
});
const stripeApiBaseUrl = defineString('STRIPE_API_BASE_URL', {
  default: 'https://api.stripe.com',
  description: 'Where the Stripe API is; another address only for the local stand-in.',
});
const deliveryUpstreamSecret = defineSecret('DELIVERY_UPSTREAM_SECRET');
const deliveryUpstreamUrl = defineString('DELIVERY_UPSTREAM_URL', {
  default: '',
  description: 'Base address of the service that makes deliveries, over https; empty if there is none.',
});
const deliveryDeadlineSeconds = defineString('DELIVERY_DEADLINE_SECONDS', {
  default: '20',
  description: 'How long a delivery may take, 2 to 40 seconds, all tries together.',
});
const allowedOrigins = defineString('ALLOWED_ORIGINS', {
  description: 'Comma-separated origins of your web pages: allowed by CORS and as redirect targets of Checkout.',
});
const stripeTax = defineString('STRIPE_TAX', {
  default: 'off',
  description: 'Stripe Tax on the pages of Checkout: off, exclusive (added to the prices) or inclusive (in them).',
});
const catalogName = defineString('CATALOG', {
  default: 'cloud-bridge',
  description: 'Built-in catalog to start from: cloud-bridge or passthrough.',
});

const proxyHops = defineString('PROXY_HOPS', {
  default: '0',
  description: 'Proxies of your own, 0 to 5, that all requests pass before the function: for the IP lists of API keys.',
});

const maintenance = defineString('MAINTENANCE', {
  default: 'off',
  description: 'on: nothing is written, from this deployment on. For projects without a database for the switch.',
});
const maintenanceDatabase = defineString('MAINTENANCE_DATABASE', {
  default: '',
  description: 'Id of a second Firestore database, which holds the maintenance switch; empty if there is none.',
});

const webhookTargets = defineString('WEBHOOK_TARGETS', {
  default: 'public',
  description: 'Where webhooks may lead: public addresses, or loopback as well, which is only for the local suite.',
});

const webhookRefusedPorts = defineString('WEBHOOK_REFUSED_PORTS', {
  default: '',
  description: 'Comma-separated ports of this machine that webhooks may not lead to: the local suite names its own.',
});

const usdcDepositXpub = defineString('USDC_DEPOSIT_XPUB', {
  default: '',
  description:
    'Extended public key (xpub) of the addresses that take USDC; empty if none is taken. Never a private key.',
});
const usdcChain = defineString('USDC_CHAIN', {
  default: 'base',
  description: 'The chain that USDC comes on: base, or base-sepolia for trying it out.',
});
/** A secret, because nodes have their key in it. */
const usdcRpcUrl = defineSecret('USDC_RPC_URL');
/** Stands for the chain's own public node: a secret can't be empty. */
const PUBLIC_NODE = 'public';
const usdcConfirmations = defineString('USDC_CONFIRMATIONS', {
  default: '30',
  description: 'Blocks after which a deposit is credited, its own included: 1 to 10000. Base makes one in two seconds.',
});

/** Secrets that the functions named in index.ts have to be given. */
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
 * What is sent may hold a key or a person's password, and what a node says decides on credits: in plain text neither
 * goes further than the same machine.
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

/** Everything that a deployment sets, apart from secrets. The first allowed origin is the home of the default pages. */
export type Config = z.infer<typeof configSchema>;

/** As the schema's own `safeParse`, but what is wrong is said as everywhere. */
function parse<S extends z.ZodType>(schema: S, values: unknown): z.ZodSafeParseResult<z.output<S>> {
  return schema.safeParse(values, { error: issueText });
}

/** Reads and validates all parameters; throws an Error that names what is wrong, so that a bad deployment says why. */
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
 * How maintenance is switched on: by this deployment, or in the database that holds the switch.
 * @throws an Error that names what is wrong
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

/** A key that is shorter could be guessed. */
const MIN_DEPLOYMENT_KEY_LENGTH = 32;

/**
 * What vouches for orders in payments' metadata: the first key signs, all verify; several while one is being rotated.
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

/** What requests to the upstream are signed with; several while one is being rotated. */
export function readDeliveryUpstreamSecrets(): string[] {
  return commaSeparated.parse(required(deliveryUpstreamSecret.value(), 'DELIVERY_UPSTREAM_SECRET'));
}

/** The signing secrets of the webhook endpoint; several while one is being rotated. */
export function readStripeWebhookSecrets(): string[] {
  return commaSeparated.parse(required(stripeWebhookSecrets.value(), 'STRIPE_WEBHOOK_SECRETS'));
}

export function readCreemApiKey(): string {
  return required(creemApiKey.value(), 'CREEM_API_KEY');
}

/**
 * The JSON-RPC address of a node of the chain that takes USDC; null for the chain's public one.
 * @throws Error that doesn't repeat an address that is wrong
 */
export function readUsdcRpcUrl(): string | null {
  const value = usdcRpcUrl.value().trim();
  if (value === '' || value === PUBLIC_NODE) return null;
  const parsed = secureUrl.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`Configuration: the secret USDC_RPC_URL must be an https address, or ${PUBLIC_NODE}.`);
}

/** The signing secrets of Creem's webhook; several while one is being rotated. */
export function readCreemWebhookSecrets(): string[] {
  return commaSeparated.parse(required(creemWebhookSecrets.value(), 'CREEM_WEBHOOK_SECRETS'));
}

function required(value: string, name: string): string {
  if (!value) throw new Error(`Configuration: the secret ${name} is not set.`);
  return value;
}
