import { isoTime } from '@cloud-bridge/base';
import type { Users } from '../../src/access/accounts/users.ts';
import type { VerifyIdToken } from '../../src/access/accounts/verifyIdToken.ts';
import type { Surroundings } from '../../src/main/compose.ts';
import type { Config } from '../../src/main/config.ts';
import { noUsers } from './noUsers.ts';

/** A backend that sells the built-in catalog and has no payment provider. */
export const OFFLINE_CONFIG: Config = {
  allowedOrigins: ['https://shop.example'],
  catalogName: 'cloud-bridge',
  creemApiBaseUrl: null,
  deliveryDeadlineSeconds: 20,
  deliveryUpstreamUrl: null,
  deploymentId: 'demo',
  proxyHops: 0,
  stripeApiBaseUrl: 'https://stripe.invalid',
  stripeTax: 'off',
  usdc: null,
  webhookRefusedPorts: [],
  webhookTargets: 'public',
};

/** Default surroundings of a backend that a test composes in its own process. */
export const OFFLINE: Omit<Surroundings, 'clock' | 'db' | 'logger'> = {
  config: OFFLINE_CONFIG,
  creemApiKey: () => '',
  creemWebhookSecrets: () => [],
  deploymentKeys: () => ['deployment_key_of_a_backend_of_the_tests'],
  stripe: () => Promise.reject(new Error('nobody asks Stripe here')),
  stripeWebhookSecrets: () => [],
  usdcRpcUrl: () => null,
  users: noUsers,
  verifyIdToken: () => Promise.reject(new Error('nobody signs in here')),
  webhookTasks: { enqueue: async () => {} },
};

/** Accepts a uid in place of an ID token, and makes `operator` an administrator. */
export const signInByUid: VerifyIdToken = async (token) => ({
  uid: token,
  email: `${token}@example.com`,
  auth_time: 0,
  iat: 0,
  admin: token === 'operator',
});

/** Users for `signInByUid`: its `operator` is an administrator, and nobody has an address. */
export const usersWithOperator: Users = {
  ...noUsers,
  findOperator: async () => ({ isAdmin: true, tokensValidAfter: isoTime(0) }),
};
