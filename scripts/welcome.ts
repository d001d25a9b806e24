import { realStripeHint } from './suite/stripe.ts';
import type { Suite } from './suite/suite.ts';

/** Says where everything is. */
export function printWelcome({ urls, stripe, logs }: Suite): void {
  const lines = [
    ['Hosting', urls.hosting],
    ['API', urls.api],
    ...(stripe.local ? [['Local Stripe', urls.stripe]] : []),
    ['Auth emulator', urls.auth],
    ['Logs', logs],
  ];
  for (const [name = '', value = ''] of lines) console.log(`${name.padEnd(14)} ${value}`);
  if (!stripe.local) console.log(realStripeHint(urls));
}
