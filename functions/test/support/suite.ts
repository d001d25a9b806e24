import { type App, getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { REGION } from '../../src/platform/deployment.ts';

/** The project that the tests use: the suite's, or their own. */
export const PROJECT = process.env.GCLOUD_PROJECT ?? 'demo-cloud-bridge';
export const FUNCTIONS_URL = `http://127.0.0.1:5001/${PROJECT}/${REGION}`;
/** The API in the functions emulator. */
export const EMULATED_API_URL = `${FUNCTIONS_URL}/api`;
/** The API and the webhook functions that tests share; see startSharedFunctions.ts. */
export const API_URL = process.env.TEST_API_URL ?? EMULATED_API_URL;
export const STRIPE_WEBHOOK_URL = process.env.TEST_STRIPE_WEBHOOK_URL ?? `${FUNCTIONS_URL}/stripeWebhook`;
export const CREEM_WEBHOOK_URL = process.env.TEST_CREEM_WEBHOOK_URL ?? `${FUNCTIONS_URL}/creemWebhook`;
export const HOSTING_URL = 'http://127.0.0.1:5000';
export const STRIPE_URL = 'http://127.0.0.1:12111';
export const STRIPE_SECRET_KEY = 'sk_test_local_cloud_bridge';
export const STRIPE_WEBHOOK_SECRET = 'whsec_local_cloud_bridge';
export const UPSTREAM_URL = 'http://127.0.0.1:12112';
export const UPSTREAM_SECRET = 'dus_local_cloud_bridge';
/** The key that signs orders in payments' metadata. */
export const DEPLOYMENT_KEY = 'deployment_key_of_the_local_suite_0001';
export const CREEM_URL = 'http://127.0.0.1:12113';
export const CREEM_API_KEY = 'creem_test_local_cloud_bridge';
export const CREEM_WEBHOOK_SECRET = 'whsec_local_creem';
export const FIRESTORE_URL = `http://${process.env.FIRESTORE_EMULATOR_HOST}`;

/** The suite's Firebase project, for access without the API. */
export function firebase(): App {
  return getApps()[0] ?? initializeApp({ projectId: PROJECT });
}

/** The database of the running suite, for setup and checks without the API. */
export function database(): Firestore {
  return getFirestore(firebase());
}
