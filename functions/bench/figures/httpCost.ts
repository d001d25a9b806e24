import { ApiKeyStore } from '../../src/apiKeys/apiKeys.store.ts';
import { newSecret } from '../../src/apiKeys/newSecret.ts';
import { BUILT_IN_CATALOGS } from '../../src/catalog/builtInCatalogs.ts';
import { SCOPES } from '../../src/http/caller.ts';
import type { HttpClient } from '../processes/httpClient.ts';
import { problemsOf } from '../support/account.ts';
import { productAccount } from '../support/accounts.ts';
import type { Bench } from '../support/bench.ts';
import type { Findings } from '../support/figure.ts';
import { Framework } from '../support/framework.ts';
import { interleave } from '../support/interleave.ts';
import { Remote } from '../support/remote.ts';
import { chargeRequest, REQUEST_HASH } from '../support/request.ts';
import { type Row, toRow } from '../support/row.ts';

const SECONDS = 3;
const CALLERS = 64;

/** What HTTP, authentication, validation and rendering cost the processor on top of the use case itself. */
export async function httpCost(bench: Bench): Promise<Findings> {
  const framework = await Framework.start(bench.options.root, await bench.environment(20));
  const client = new Remote<HttpClient>(new URL('../processes/httpClient.ts', import.meta.url));
  try {
    return await compare(bench, framework, client);
  } finally {
    await Promise.all([framework.stop(), client.stop()]);
  }
}

async function compare(bench: Bench, framework: Framework, client: Remote<HttpClient>): Promise<Findings> {
  await liftRateLimit(bench);
  const posted = await productAccount(bench, 'POST /charges');
  const called = await productAccount(bench, 'use case called directly');
  const apiKey = await createApiKey(bench, posted.id);
  const product = await bench.product(20);
  const load = { callers: CALLERS, durationMs: bench.seconds(SECONDS) };
  const { operation, metadata } = chargeRequest;
  const order = { url: `${framework.url}/billing/charges`, apiKey, body: { operation, metadata }, load };
  const costs = await interleave(bench, 'POST /charges, 20 ms', {
    posted: async () => {
      const before = await framework.cpuMs();
      const { done } = posted.note(await client.call('post', order));
      return ((await framework.cpuMs()) - before) / done;
    },
    called: async () => {
      const { cpuMs, done } = called.note(await product.call('charge', { accountId: called.id, load }));
      return cpuMs / done;
    },
  });
  return { rows: [rowOf(costs)], problems: await problemsOf([posted, called]) };
}

function rowOf({ posted, called }: { posted: readonly number[]; called: readonly number[] }): Row {
  return toRow({
    figure: 'POST /charges, 64 callers',
    unit: 'ms of processor',
    ours: posted,
    baseline: { name: 'use case', values: called },
    goal: { of: 'ratio', atMost: 2 },
  });
}

/** Requests are counted as ever, but the benchmark needs more than a customer has. */
async function liftRateLimit(bench: Bench): Promise<void> {
  const catalog = { ...BUILT_IN_CATALOGS['cloud-bridge'], rateLimit: { requestsPerMinute: 1_000_000 } };
  await bench.database().doc('catalog/current').set(catalog);
}

async function createApiKey(bench: Bench, accountId: string): Promise<string> {
  const secret = newSecret('live');
  const key = {
    id: `key_${accountId}`,
    accountId,
    kind: 'live',
    name: 'bench',
    scopes: SCOPES,
    lastCharacters: secret.slice(-4),
    expiresAt: null,
    revokedAt: null,
    createdAt: new Date().toISOString(),
    requestHash: REQUEST_HASH,
  } as const;
  await new ApiKeyStore(bench.database()).create(key, secret);
  return secret;
}
