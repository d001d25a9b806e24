import { randomUUID } from 'node:crypto';
import { controlTokenFile } from '../local/suite/controlToken.ts';
import { realStripeHint } from '../local/suite/stripe.ts';
import type { Suite } from '../local/suite/suite.ts';
import { DEMO_LOGIN, Person } from './client/person.ts';

/** Creates the demo account's keys for this run, and prints the addresses of the suite and requests to try. */
export async function printWelcome({ root, urls, stripe, logs }: Suite): Promise<void> {
  const demo = await Person.signIn(urls, DEMO_LOGIN);
  const { apiKey } = await demo.createKey('npm start');
  const { apiKey: managementKey } = await demo.createKey('npm start', 'management');
  const { availableCredits } = await demo.call('GET', '/account/credits');
  const api = `${urls.hosting}/api`;
  const places = [
    ['Pages', urls.hosting],
    ['API', api],
    ['API on its own address', urls.api],
    ['API documentation', `${api}/docs`],
    ...(stripe.local ? [['Local Stripe', urls.stripe]] : []),
    ['Local upstream', urls.upstream],
    ['Local Creem', urls.creem],
    ['Auth emulator', urls.auth],
    ['Logs', logs],
    ['Token of /_local/…', `in ${controlTokenFile(root)}`],
  ];
  const demoAccount = [
    ['Sign in as', `${DEMO_LOGIN.email}, password ${DEMO_LOGIN.password}`],
    ['Credits', String(availableCredits)],
    ['API key', apiKey],
    ['Management key', managementKey],
  ];
  console.log(
    `\n${table(places)}\n\nDemo account\n${table(demoAccount)}\n\n${examples(api, urls.auth, apiKey, managementKey)}\n`,
  );
  if (!stripe.local) console.log(realStripeHint(urls));
}

function table(rows: string[][]): string {
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(24)}${value}`).join('\n');
}

/** Returns example requests that work without changes. */
function examples(api: string, auth: string, apiKey: string, managementKey: string): string {
  const json = "-H 'Content-Type: application/json'";
  const withKey = `-H 'x-api-key: ${apiKey}'`;
  const managing = `-H 'Authorization: Bearer ${managementKey}'`;
  const once = () => `-H 'Idempotency-Key: ${randomUUID()}'`;
  const signIn = `${auth}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any`;
  const login = JSON.stringify({ ...DEMO_LOGIN, returnSecureToken: true });
  const takeToken = `sed -n 's/.*"idToken": *"\\([^"]*\\)".*/\\1/p'`;
  return `# What is left, with an API key
curl -s ${api}/billing/balance ${withKey}

# Spend ten credits; sent again with the same Idempotency-Key it spends them only once
curl -s -X POST ${api}/billing/charges ${withKey} ${json} ${once()} -d '{"operation":"presetShare"}'

# Deliver through the upstream: held first, and spent only when it succeeds
curl -s -X POST ${api}/account/deliveries ${withKey} ${json} ${once()} -d '{"operation":"follow","recipient":"ada"}'

# Order a credit pack: open the url in the answer and press Pay
curl -s -X POST ${api}/billing/checkout ${managing} ${json} -d '{"pack":"starter","currency":"usd"}'

# The ledger
curl -s ${api}/billing/transactions ${managing}

# The same as a signed-in person
TOKEN=$(curl -s '${signIn}' ${json} -d '${login}' | ${takeToken})
curl -s ${api}/account/credits -H "Authorization: Bearer $TOKEN"`;
}
