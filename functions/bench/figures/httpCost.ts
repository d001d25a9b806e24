import { fileURLToPath } from 'node:url';
import { ApiKeyStore } from '../../src/access/apiKeys/apiKeys.store.ts';
import { newSecret } from '../../src/access/apiKeys/newSecret.ts';
import { BUILT_IN_CATALOGS } from '../../src/catalog/builtInCatalogs.ts';
import { SCOPES } from '../../src/platform/http/caller.ts';
import type { HttpClient } from '../processes/httpClient.ts';
import { problemsOf } from '../support/account.ts';
import { productAccount } from '../support/accounts.ts';
import type { Bench } from '../support/bench.ts';
import type { Findings } from '../support/figure.ts';
import { Framework } from '../support/framework.ts';
import { interleave } from '../support/interleave.ts';
import type { LoadResult } from '../support/load.ts';
import { Remote } from '../support/remote.ts';
import { chargeRequest, REQUEST_HASH } from '../support/request.ts';
import { type Row, toRow } from '../support/row.ts';

const SECONDS = 3;
const CALLERS = 64;

const EMPTY_FUNCTION = {
  folder: fileURLToPath(new URL('../baselines/emptyFunction', import.meta.url)),
  target: 'empty',
};

interface Servers {
  readonly api: Framework;
  readonly empty: Framework;
}

/**
 * Processor time of HTTP, authentication, validation and rendering in addition to the use case. An empty function shows
 * the part of it that passes before the first line of this project's code.
 */
export async function httpCost(bench: Bench): Promise<Findings> {
  const { root } = bench.options;
  const environment = await bench.environment(20);
  const api = await Framework.start(root, environment);
  const empty = await Framework.start(root, environment, EMPTY_FUNCTION);
  const client = new Remote<HttpClient>(new URL('../processes/httpClient.ts', import.meta.url));
  try {
    return await compare(bench, { api, empty }, client);
  } finally {
    await Promise.all([api.stop(), empty.stop(), client.stop()]);
  }
}

async function compare(bench: Bench, { api, empty }: Servers, client: Remote<HttpClient>): Promise<Findings> {
  await liftRateLimit(bench);
  const posted = await productAccount(bench, 'POST /charges');
  const called = await productAccount(bench, 'use case called directly');
  const apiKey = await createApiKey(bench, posted.id);
  const product = await bench.product(20);
  const load = { callers: CALLERS, durationMs: bench.seconds(SECONDS) };
  const { operation, metadata } = chargeRequest;
  const orderTo = ({ url }: Framework) => {
    return { url: `${url}/billing/charges`, apiKey, body: { operation, metadata }, load };
  };
  const perRequest = async (framework: Framework, note: (result: LoadResult) => LoadResult) => {
    const before = await framework.cpuMs();
    const { done } = note(await client.call('post', orderTo(framework)));
    return ((await framework.cpuMs()) - before) / done;
  };
  const costs = await interleave(bench, 'POST /charges, 20 ms', {
    posted: () => perRequest(api, (result) => posted.note(result)),
    empty: () => perRequest(empty, (result) => result),
    called: async () => {
      const { cpuMs, done } = called.note(await product.call('charge', { accountId: called.id, load }));
      return cpuMs / done;
    },
  });
  return { rows: rowsOf(costs), problems: await problemsOf([posted, called]) };
}

function rowsOf({ posted, empty, called }: Record<'posted' | 'empty' | 'called', readonly number[]>): Row[] {
  const unit = 'ms of processor';
  const baseline = { name: 'use case', values: called };
  const least = called.map((value, round) => value + (empty[round] ?? Number.NaN));
  return [
    toRow({ figure: 'POST /charges, 64 callers', unit, ours: posted, baseline, goal: { of: 'ratio', atMost: 2 } }),
    toRow({ figure: 'the use case and an empty function', unit, ours: least, baseline }),
  ];
}

/** Raises the limit of requests, because the benchmark sends more than a customer may. Requests are still counted. */
async function liftRateLimit(bench: Bench): Promise<void> {
  const catalog = {
    ...BUILT_IN_CATALOGS['cloud-bridge'],
    rateLimit: { requestsPerMinute: 1_000_000, ownerRequestsPerMinute: 1_000_000 },
  };
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
