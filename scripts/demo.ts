import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { isSuiteRunning, withSuite } from '../local/suite/suite.ts';
import { Problem } from '../local/suite/task/problem.ts';
import { runTask } from '../local/suite/task/runTask.ts';
import type { SuiteUrls } from '../local/suite/urls.ts';
import { askJson, expectJson } from './client/http.ts';
import { controlLocal } from './client/localControl.ts';
import { payOnPage, webhooksDelivered } from './client/payment.ts';
import { Person } from './client/person.ts';

const root = dirname(import.meta.dirname);

// Shows the main use case, from sign-up to the last credit, with a running suite or a suite of its own.
await runTask(async (interrupted) => {
  const running = await isSuiteRunning(root);
  if (running) {
    await walk(running);
  } else {
    console.log('Starting the emulator suite (about 10 seconds)…');
    await withSuite({ root, interrupted, stripe: 'local' }, (suite) => walk(suite.urls));
  }
  return 0;
});

async function walk(urls: SuiteUrls): Promise<void> {
  const person = await signUp(urls);
  await buyPack(urls, person);
  const { apiKey } = await person.createKey('demo');
  step('Create an API key', `${apiKey.slice(0, 14)}… (shown once, stored as its hash)`);
  await spendEverything(urls, apiKey);
  await printLedger(person);
}

async function signUp(urls: SuiteUrls): Promise<Person> {
  const email = `${randomUUID()}@example.com`;
  const person = await Person.signUp(urls, { email, password: randomUUID() });
  const { availableCredits } = await person.call('GET', '/account/credits');
  step('Sign up', `${email}: ${availableCredits} credits`);
  return person;
}

async function buyPack(urls: SuiteUrls, person: Person): Promise<void> {
  const { url, orderId } = await person.call('POST', '/billing/checkout', { pack: 'starter', currency: 'eur' });
  step('Order the starter pack', `${orderId}, to be paid at ${url}`);
  if (!url.startsWith(urls.stripe))
    throw new Problem('The demo pays automatically, which works only with the local Stripe.');
  step('Pay on the Checkout page', `redirected to ${await payOnPage(url)}`);
  await webhooksDelivered(urls);
  const order = await person.call('GET', `/billing/orders/${orderId}`);
  if (order.status !== 'paid') throw new Problem(`The order is ${order.status}; it should be paid.`);
  step(
    'The signed webhook arrives',
    `order ${order.status}, ${order.price.formatted}, ${order.credits} credits, payment ${order.paymentId}`,
  );
  // Sends the same event again, which must change nothing.
  const { deliveries } = await controlLocal('GET', `${urls.stripe}/_local/webhooks`);
  const { eventId } = deliveries.findLast(
    (delivery: { eventType: string }) => delivery.eventType === 'checkout.session.completed',
  );
  await controlLocal('POST', `${urls.stripe}/_local/webhooks/resend`, { eventId });
  await webhooksDelivered(urls);
  const { availableCredits } = await person.call('GET', '/account/credits');
  step('It arrives again', `still ${availableCredits} credits`);
}

async function spendEverything(urls: SuiteUrls, apiKey: string): Promise<void> {
  const charges = `${urls.hosting}/api/billing/charges`;
  const headers = { 'x-api-key': apiKey };
  const hold = await expectJson('POST', charges, {
    headers,
    body: { operation: 'captureShare', quantity: 2, capture: false },
  });
  step('Hold 20 credits', `${hold.data.status}, ${hold.data.balanceAfterCredits} left`);
  const captured = await expectJson('POST', `${charges}/${hold.data.id}/capture`, {
    headers,
    body: { amountCredits: 13 },
  });
  step('Capture 13 of them', `${captured.data.status}, ${captured.data.balanceAfterCredits} left`);
  for (let count = 1; ; count += 1) {
    const { status, json } = await askJson('POST', charges, { headers, body: { operation: 'presetShare' } });
    if (status === 201) {
      step(`Charge ${count} for presetShare`, `${json.data.balanceAfterCredits} left`);
      continue;
    }
    step(`Charge ${count} for presetShare`, `${status} ${json.error.code} ${JSON.stringify(json.error.details)}`);
    if (json.error.code !== 'INSUFFICIENT_CREDITS') throw new Problem('The charge failed with an unexpected error.');
    break;
  }
  const free = await expectJson('POST', charges, { headers, body: { operation: 'presetList' } });
  step('A free operation still runs', `${free.data.status}, ${free.data.amountCredits} credits`);
}

async function printLedger(person: Person): Promise<void> {
  const entries: Record<string, string | number>[] = await person.call('GET', '/billing/transactions?limit=100');
  console.log('\nThe ledger, oldest first');
  const columns = ['sequence', 'kind', 'amountCredits', 'balanceAfterCredits', 'description'];
  const widths = [9, 10, 14, 20, 0];
  const line = (cells: unknown[]) => cells.map((cell, index) => String(cell).padEnd(widths[index] ?? 0)).join(' ');
  console.log(line(columns));
  for (const entry of entries.toReversed()) console.log(line(columns.map((column) => entry[column])));
}

function step(what: string, result: string): void {
  console.log(`${what.padEnd(28)} ${result}`);
}
