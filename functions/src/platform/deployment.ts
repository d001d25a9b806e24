/** Where the functions run. `firebase.json` names the same region for Hosting; a test compares the two. */
export const REGION = 'us-central1';

/** The Firestore database of the product. */
export const DATABASE_ID = '(default)';

/** Names of functions that are called by their name. `index.ts` exports them under these names. */
export const FUNCTION_NAMES = {
  api: 'api',
  stripeWebhook: 'stripeWebhook',
  creemWebhook: 'creemWebhook',
  deliverWebhook: 'deliverWebhook',
} as const;
