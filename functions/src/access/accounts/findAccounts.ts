import type { Wallet } from '@cloud-bridge/ledger';
import { notFound } from '../../platform/errors/refusal.ts';
import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { type Page, toPage } from '../../platform/http/replies.ts';
import { DEFAULT_PAGE_SIZE } from '../../platform/http/schemas.ts';
import type { Account } from './account.ts';
import type { FindAccountsNeeds } from './needs.ts';
import { PROVIDERS } from './providerName.ts';

interface AccountSearch {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly id?: string | undefined;
  readonly email?: string | undefined;
  readonly keyId?: string | undefined;
  readonly customerId?: string | undefined;
}

/**
 * Finds the accounts that match all criteria of a search; without criteria, lists all accounts, newest first.
 * @throws INVALID_REQUEST
 */
export async function findAccounts(deps: FindAccountsNeeds, search: AccountSearch): Promise<Page<Account>> {
  const { limit = DEFAULT_PAGE_SIZE, cursor, ...wanted } = search;
  const after = parseCursor(cursor, timePosition);
  const found = await candidates(deps, wanted, limit + 1, after);
  const { id, email, customerId } = wanted;
  const met = found.filter(
    (account) =>
      (id === undefined || account.id === id) &&
      (email === undefined || sameEmail(account.email, email)) &&
      (customerId === undefined || PROVIDERS.some((provider) => account.customerIds?.[provider] === customerId)),
  );
  return toPage(met, limit, timePositionOf);
}

/** Reads the accounts that match the narrowest criterion; the caller applies the other ones. */
async function candidates(
  deps: FindAccountsNeeds,
  { id, keyId, customerId, email }: Omit<AccountSearch, 'limit' | 'cursor'>,
  limit: number,
  after: { createdAt: string; id: string } | undefined,
): Promise<Account[]> {
  if (id !== undefined) return accountsOf(deps, [id]);
  if (keyId !== undefined) return accountsOf(deps, await deps.apiKeys.accountIdsOf(keyId));
  if (customerId !== undefined) return accountsOfCustomer(deps, customerId);
  if (email !== undefined) return deps.accounts.listByEmail([...new Set([email, email.toLowerCase()])]);
  return deps.accounts.list(limit, after);
}

/** Reads the accounts with a customer id, at the provider with ids of that form; none if no provider has such ids. */
async function accountsOfCustomer(deps: FindAccountsNeeds, customerId: string): Promise<Account[]> {
  const provider = PROVIDERS.find((name) => deps.providers[name].isCustomerId(customerId));
  return provider ? deps.accounts.listByCustomer(provider, customerId) : [];
}

async function accountsOf(deps: FindAccountsNeeds, ids: readonly string[]): Promise<Account[]> {
  const accounts = await Promise.all([...new Set(ids)].map((id) => deps.accounts.find(id)));
  return accounts.flatMap((account) => account ?? []);
}

function sameEmail(a: string | null, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

/**
 * Reads an account with its wallets.
 * @throws ACCOUNT_NOT_FOUND
 */
export async function findAccountWithWallets(
  deps: FindAccountsNeeds,
  accountId: string,
): Promise<{ account: Account; wallets: Wallet[] }> {
  const now = deps.clock();
  const [account, ids] = await Promise.all([deps.accounts.find(accountId), deps.wallets.listIds(accountId)]);
  if (!account) throw notFound('ACCOUNT_NOT_FOUND');
  const wallets = await Promise.all(ids.map((walletId) => deps.wallets.read({ accountId, walletId }, now)));
  return { account, wallets };
}
