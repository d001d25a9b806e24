import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HANDLED_EVENT_TYPES as OF_CREEM } from './creem/handleCreemEvent.ts';
import { HANDLED_EVENT_TYPES as OF_STRIPE } from './stripe/handleStripeEvent.ts';

/** Returns the types of events in the README's step that sets a webhook up. */
function typesInReadme(webhook: string): string[] {
  const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
  const [, step = ''] = readme.match(new RegExp(`/${webhook}\`\\)(.*?)\\n\\d+\\. `, 's')) ?? [];
  return [...step.matchAll(/`([^`]+)`/g)].map(([, type = '']) => type);
}

it.each([
  ['stripeWebhook', OF_STRIPE],
  ['creemWebhook', OF_CREEM],
])('README lists the events that %s handles, in the order of their handlers', (webhook, types) => {
  expect(typesInReadme(webhook)).toEqual(types);
});
