import { Problem } from '../../local/suite/task/problem.ts';
import type { SuiteUrls } from '../../local/suite/urls.ts';
import { controlLocal } from './localControl.ts';

/** Submits the Pay button of a Checkout page of the local Stripe; returns the address of the redirect. */
export async function payOnPage(checkoutUrl: string): Promise<string> {
  const response = await fetch(checkoutUrl, {
    method: 'POST',
    body: new URLSearchParams({ outcome: 'pay' }),
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  if (response.status !== 303 || !location) throw new Problem(`The Checkout page answered ${response.status}.`);
  return location;
}

/** Waits until the local Stripe has delivered all its webhooks. */
export async function webhooksDelivered({ stripe }: SuiteUrls): Promise<void> {
  await controlLocal('POST', `${stripe}/_local/webhooks/flush`, { timeoutMs: 60_000 });
}
