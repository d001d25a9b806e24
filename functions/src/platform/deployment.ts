/** The region of the functions. `firebase.json` names the same region for Hosting; a test compares both. */
export const REGION = 'us-central1';

/** The id of the product's Firestore database. */
export const DATABASE_ID = '(default)';

/** Names of the functions that other code refers to by name. `index.ts` exports the functions under these names. */
export const FUNCTION_NAMES = {
  api: 'api',
  stripeWebhook: 'stripeWebhook',
  creemWebhook: 'creemWebhook',
  deliverWebhook: 'deliverWebhook',
} as const;
