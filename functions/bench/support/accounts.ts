import { Account } from './account.ts';
import type { Bench, RoundTripMs } from './bench.ts';
import { CREDITS } from './ledger.ts';

/** Creates a wallet of the product. Its ledger begins with a grant. */
export async function productAccount(bench: Bench, name: string, entriesPerAction = 1): Promise<Account> {
  const id = bench.newAccountId();
  const ledger = bench.ledger();
  await ledger.create(id);
  return new Account({ id, name, entriesBefore: 1, entriesPerAction, audit: () => ledger.audit(id) });
}

/** Creates a wallet in B1's documents. */
export async function usualAccount(bench: Bench, roundTripMs: RoundTripMs): Promise<Account> {
  const id = bench.newAccountId();
  const remote = await bench.usualPattern(roundTripMs);
  await remote.call('create', { accountId: id, credits: CREDITS });
  const audit = () => remote.call('audit', { accountId: id });
  return new Account({ id, name: 'B1', entriesBefore: 0, entriesPerAction: 1, audit });
}

/** Creates a wallet in B2's tables; returns null without a PostgreSQL server. */
export async function postgresAccount(bench: Bench, roundTripMs: RoundTripMs): Promise<Account | null> {
  const id = bench.newAccountId();
  const remote = await bench.postgres(roundTripMs);
  if (!remote) return null;
  await remote.call('create', { accountId: id, credits: CREDITS });
  const audit = () => remote.call('audit', { accountId: id });
  return new Account({ id, name: 'B2', entriesBefore: 0, entriesPerAction: 1, audit });
}
