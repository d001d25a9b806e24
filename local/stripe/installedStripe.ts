import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type StripeClass from 'stripe';
import { projectRoot } from './projectRoot.ts';

// Loads the backend's own copy of the package, because the stand-in must imitate the version that is deployed.
const requireFromFunctions = createRequire(join(projectRoot, 'functions', 'package.json'));

/** The types of the `stripe` package that the backend uses, for example `Stripe.Charge`. */
export type { default as Stripe } from 'stripe';

/** The `stripe` package that the backend uses. */
export const StripeSdk = requireFromFunctions('stripe') as typeof StripeClass;

/** Absolute path of the backend's `stripe` package. */
export const stripePackageDir = dirname(dirname(requireFromFunctions.resolve('stripe')));

/** Version of the backend's `stripe` package, for example `23.1.0`. */
export const stripePackageVersion = (
  JSON.parse(readFileSync(join(stripePackageDir, 'package.json'), 'utf8')) as { version: string }
).version;

/** The API version that the package is pinned to, for example `2026-10-28.endive`. */
export const stripeApiVersion = StripeSdk.API_VERSION;
