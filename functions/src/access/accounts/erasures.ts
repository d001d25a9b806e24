import type { TimePosition } from '@cloud-bridge/base';
import type { Deps } from '../../main/compose.ts';
import { endSubscription } from '../../sales/subscriptions/endSubscription.ts';
import { isOver } from '../../sales/subscriptions/subscription.ts';
import type { Account, ErasurePosition } from './account.ts';

/** Erases a page after a position of its own; gives the position to go on after, null when nothing is left. */
type ErasePage = (deps: Deps, account: Account, after: string | null) => Promise<string | null>;

/** How many documents are changed in one commit. */
const PAGE_SIZE = 200;
/** Each key and each subscription takes commits of its own. */
const SMALL_PAGE_SIZE = 20;
/** Where a page only deletes, whatever is left stands at the front. */
const FROM_THE_FRONT = '';

/**
 * Everything that goes, in this order: what tells at once who the owner is and where they pay comes first, what may be
 * large comes last. Each may be repeated.
 */
const ERASURES: readonly (readonly [step: string, erase: ErasePage])[] = [
  ['keys', eraseKeys],
  ['email', once((deps, { id }) => deps.accounts.erasePersonalData(id))],
  ['user', once((deps, { id }) => deps.users.delete(id))],
  ['customer', once(forgetAtProvider)],
  ['mail', untilGone((deps, id) => deps.mail.deletePageOf(id, PAGE_SIZE))],
  ['orders', eraseOrderLinks],
  ['subscriptions', endSubscriptions],
  ['autoTopUp', once((deps, { id }) => deps.autoTopUps.delete(id))],
  ['invoicing', once((deps, { id }) => deps.invoicing.delete(id))],
  ['checkIn', once((deps, { id }) => deps.checkIns.delete(id))],
  ['depositAddress', once((deps, { id }) => deps.deposits.deleteAddress(id))],
  ['alerts', once((deps, { id }) => deps.alerts.delete(id))],
  ['webhookEndpoints', once(deleteWebhookEndpoints)],
  ['webhookDeliveries', untilGone((deps, id) => deps.webhookDeliveries.deletePageOf(id, PAGE_SIZE))],
  ['webhookLines', once((deps, { id }) => deps.webhookLines.delete(id))],
  ['events', untilGone((deps, id) => deps.accountEvents.deletePageOf(id, PAGE_SIZE))],
  ['integrations', (deps, { id }, after) => deps.integrations.eraseNames(id, PAGE_SIZE, after)],
  ['auditLog', eraseReasons],
  ['deliveries', (deps, { id }, after) => deps.deliveries.eraseTexts(id, PAGE_SIZE, after)],
  ['ledger', eraseLedgerTexts],
];

/**
 * Erases a page of a deleted account: from the beginning when there is no position, or when a release has taken its step
 * away. Gives the position to go on from; null once everything is gone.
 * @throws AppError 502/503 when the provider can't be reached
 */
export async function erasePage(
  deps: Deps,
  account: Account,
  position: ErasurePosition | null,
): Promise<ErasurePosition | null> {
  const found = ERASURES.findIndex(([step]) => step === position?.step);
  const index = Math.max(0, found);
  const [step, erase] = ERASURES[index] as (typeof ERASURES)[number];
  const after = await erase(deps, account, found < 0 ? null : (position?.after ?? null));
  if (after !== null) return { step, after };
  const [following] = ERASURES[index + 1] ?? [];
  return following === undefined ? null : { step: following, after: null };
}

function once(erase: (deps: Deps, account: Account) => Promise<void>): ErasePage {
  return async (deps, account) => {
    await erase(deps, account);
    return null;
  };
}

function untilGone(deletePage: (deps: Deps, accountId: string) => Promise<boolean>): ErasePage {
  return async (deps, { id }) => ((await deletePage(deps, id)) ? FROM_THE_FRONT : null);
}

/** A key's name is its owner's words, and its IP list says where they are. */
async function eraseKeys(deps: Deps, { id: accountId }: Account, after: string | null): Promise<string | null> {
  const now = deps.clock();
  const page = await deps.apiKeys.list(accountId, SMALL_PAGE_SIZE, timeOf(after));
  for (const { id } of page) {
    await deps.apiKeys.change(accountId, id, (key) => ({
      revokedAt: key.revokedAt ?? now,
      name: 'erased',
      allowedIps: null,
    }));
  }
  return timeAfter(page, SMALL_PAGE_SIZE);
}

/** The provider keeps its payments, with a customer of whom nothing else is known. */
async function forgetAtProvider(deps: Deps, { customerIds }: Account): Promise<void> {
  if (customerIds?.stripe) await deps.cards.forgetCustomer(customerIds.stripe);
}

async function eraseOrderLinks(deps: Deps, { id: accountId }: Account, after: string | null): Promise<string | null> {
  const page = await deps.orders.list(accountId, { by: 'createdAt', limit: PAGE_SIZE, after: timeOf(after) });
  await deps.orders.eraseLinks(page, deps.clock());
  return timeAfter(page, PAGE_SIZE);
}

/** Only those go on that renew no more: they are cut short. */
async function endSubscriptions(deps: Deps, { id: accountId }: Account, after: string | null): Promise<string | null> {
  const page = await deps.subscriptions.list(accountId, SMALL_PAGE_SIZE, timeOf(after));
  for (const subscription of page) {
    if (!isOver(subscription)) await endSubscription(deps, subscription);
  }
  await deps.subscriptions.eraseLinks(page, deps.clock());
  return timeAfter(page, SMALL_PAGE_SIZE);
}

async function deleteWebhookEndpoints(deps: Deps, { id: accountId }: Account): Promise<void> {
  for (const { id } of await deps.webhookEndpoints.list(accountId)) await deps.webhookEndpoints.delete(accountId, id);
}

/** Operators write there why they did something to the account, which may name its owner. */
async function eraseReasons(deps: Deps, { id: accountId }: Account, after: string | null): Promise<string | null> {
  const page = await deps.auditLog.list({ accountId, limit: PAGE_SIZE, after: timeOf(after) });
  await deps.auditLog.eraseReasons(page);
  return timeAfter(page, PAGE_SIZE);
}

/** Wallet after wallet; the position is the wallet's id and the sequence of the last entry. */
async function eraseLedgerTexts(deps: Deps, { id: accountId }: Account, after: string | null): Promise<string | null> {
  const walletIds = (await deps.wallets.listIds(accountId)).sort();
  const [walletId = walletIds[0], sequence = '0'] = after?.split('/') ?? [];
  if (walletId === undefined) return null;
  const last = await deps.wallets.eraseTexts({ accountId, walletId }, Number(sequence), PAGE_SIZE);
  if (last !== null) return `${walletId}/${last}`;
  const following = walletIds.find((id) => id > walletId);
  return following === undefined ? null : `${following}/0`;
}

function timeOf(after: string | null): TimePosition | undefined {
  const [createdAt, id] = after?.split('/') ?? [];
  return createdAt !== undefined && id !== undefined ? { createdAt, id } : undefined;
}

function timeAfter(page: readonly TimePosition[], limit: number): string | null {
  const last = page.at(-1);
  return last && page.length === limit ? `${last.createdAt}/${last.id}` : null;
}
