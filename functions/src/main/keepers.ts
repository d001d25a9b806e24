import { AppError, derivedId, randomId, requestHash } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import {
  type AccountKeeper,
  idOf,
  inOneGo,
  named,
  type SectionPart,
  type SectionPosition,
  stepAfter,
  timed,
  timeOf,
  timeOfStep,
  untilGone,
  whole,
} from '../access/accounts/keeper.ts';
import type { AccountsNeeds } from '../access/accounts/needs.ts';
import type { IntegrationsNeeds } from '../access/integrations/needs.ts';
import type { CheckinNeeds } from '../credits/checkin/needs.ts';
import type { DeliveriesNeeds } from '../credits/deliveries/needs.ts';
import type { WebhooksNeeds } from '../notices/webhooks/needs.ts';
import type { AutoTopUpsNeeds } from '../sales/autoTopUps/needs.ts';
import type { DepositsNeeds } from '../sales/deposits/needs.ts';
import type { InvoicingNeeds } from '../sales/invoicing/needs.ts';
import type { RefundsNeeds } from '../sales/refunds/needs.ts';
import { endSubscription } from '../sales/subscriptions/endSubscription.ts';
import type { SubscriptionsNeeds } from '../sales/subscriptions/needs.ts';
import { isOver } from '../sales/subscriptions/subscription.ts';
import { deletionBlockers } from './deletionBlockers.ts';

/** What the keepers reach: the stores of every feature that keeps something of an account. */
export type KeptParts = Pick<AccountsNeeds, 'accounts' | 'apiKeys' | 'auditLog' | 'clock' | 'users'> &
  Pick<IntegrationsNeeds, 'integrations'> &
  Pick<CheckinNeeds, 'checkIns'> &
  Pick<DeliveriesNeeds, 'deliveries'> &
  Pick<WebhooksNeeds, 'accountEvents' | 'alerts' | 'mail' | 'webhookDeliveries' | 'webhookEndpoints' | 'webhookLines'> &
  Pick<AutoTopUpsNeeds, 'autoTopUps'> &
  Pick<DepositsNeeds, 'deposits'> &
  Pick<InvoicingNeeds, 'invoicing'> &
  Pick<RefundsNeeds, 'refunds'> &
  SubscriptionsNeeds;

/** How many documents are changed in one commit. */
const PAGE_SIZE = 200;
/** Each key and each subscription takes commits of its own. */
const SMALL_PAGE_SIZE = 20;
/** More than anybody has open at once. */
const MAX_OPEN = 500;

/** What each feature keeps of an account. */
export function keepersOf(parts: KeptParts): readonly AccountKeeper[] {
  return [access(parts), ledger(parts), credits(parts), notices(parts), sales(parts)];
}

function access(parts: KeptParts): AccountKeeper {
  const { accounts, apiKeys, auditLog, clock, integrations, users } = parts;
  return {
    sections: {
      profile: async (id) => whole([await accounts.find(id)]),
      apiKeys: async (id, limit, after) => timed(await apiKeys.list(id, limit, timeOf(after)), limit),
      integrations: async (id, limit, after) => timed(await integrations.listAll(id, limit, timeOf(after)?.id), limit),
      operatorActions: async (accountId, limit, after) => {
        const records = await auditLog.list({ accountId, limit, after: timeOf(after) });
        const { after: following } = timed(records, limit);
        return {
          records: records.map(({ actorId: _actor, requestHash: _hash, ...record }) => record),
          after: following,
        };
      },
    },
    erasures: {
      // A key's name is its owner's words, and its IP list says where they are.
      keys: async ({ id: accountId }, after) => {
        const now = clock();
        const page = await apiKeys.list(accountId, SMALL_PAGE_SIZE, timeOfStep(after));
        for (const { id } of page) {
          const erased = { name: 'erased', allowedIps: null };
          await apiKeys.change(accountId, id, (key) => ({ revokedAt: key.revokedAt ?? now, ...erased }));
        }
        return stepAfter(page, SMALL_PAGE_SIZE);
      },
      email: inOneGo(({ id }) => accounts.erasePersonalData(id)),
      user: inOneGo(({ id }) => users.delete(id)),
      integrations: ({ id }, after) => integrations.eraseNames(id, PAGE_SIZE, after),
      // Operators write there why they did something to the account, which may name its owner.
      auditLog: async ({ id: accountId }, after) => {
        const page = await auditLog.list({ accountId, limit: PAGE_SIZE, after: timeOfStep(after) });
        await auditLog.eraseReasons(page);
        return stepAfter(page, PAGE_SIZE);
      },
    },
  };
}

function ledger(parts: KeptParts): AccountKeeper {
  const { clock, wallets } = parts;
  return {
    spendableCredits: async (accountId) =>
      (await wallets.read({ accountId, walletId: MAIN_WALLET_ID }, clock())).availableCredits,
    sections: {
      wallets: async (accountId) => {
        const ids = await wallets.listIds(accountId);
        return whole(await Promise.all(ids.map((walletId) => wallets.read({ accountId, walletId }, clock()))));
      },
      ledger: (accountId, limit, after) => readLedger(parts, accountId, limit, after),
    },
    erasures: {
      // Wallet after wallet; the position is the wallet's id and the sequence of the last entry.
      ledger: async ({ id: accountId }, after) => {
        const walletIds = (await wallets.listIds(accountId)).sort();
        const [walletId = walletIds[0], sequence = '0'] = after?.split('/') ?? [];
        if (walletId === undefined) return null;
        const last = await wallets.eraseTexts({ accountId, walletId }, Number(sequence), PAGE_SIZE);
        if (last !== null) return `${walletId}/${last}`;
        const following = walletIds.find((id) => id > walletId);
        return following === undefined ? null : `${following}/0`;
      },
    },
    close: async (accountId) => {
      for (const walletId of await wallets.listIds(accountId)) await closeWallet(parts, accountId, walletId);
    },
  };
}

/** The newest entries of a wallet come first; then comes the next wallet. */
async function readLedger(
  { wallets }: Pick<KeptParts, 'wallets'>,
  accountId: string,
  limit: number,
  after: SectionPosition | undefined,
): Promise<SectionPart> {
  const ids = (await wallets.listIds(accountId)).sort();
  const walletId = after && 'walletId' in after ? after.walletId : ids[0];
  if (walletId === undefined || !ids.includes(walletId)) return whole([]);
  const beforeSequence = after && 'walletId' in after ? after.beforeSequence : undefined;
  const entries = await wallets.listEntries({ accountId, walletId }, { limit, beforeSequence });
  const records = entries.map(({ commandId: _command, requestHash: _hash, ...entry }) => entry);
  const last = entries.at(-1);
  if (last && entries.length === limit) return { records, after: { walletId, beforeSequence: last.sequence } };
  const following = ids[ids.indexOf(walletId) + 1];
  return { records, after: following === undefined ? null : { walletId: following } };
}

async function closeWallet(
  { clock, wallets }: Pick<KeptParts, 'clock' | 'wallets'>,
  accountId: string,
  walletId: string,
): Promise<void> {
  const seen = ['delete', accountId, walletId];
  const command = {
    type: 'close',
    entryId: derivedId('txn', ...seen),
    commandId: randomId('cmd'),
    requestHash: requestHash(seen),
    now: clock(),
  } as const;
  try {
    await wallets.submit({ accountId, walletId }, command);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'WALLET_CLOSED')) throw error;
  }
}

function credits({ checkIns, deliveries }: KeptParts): AccountKeeper {
  return {
    sections: {
      deliveries: async (id, limit, after) => timed(await deliveries.list(id, {}, limit, timeOf(after)), limit),
      checkIn: async (id) => whole([await checkIns.find(id)]),
    },
    erasures: {
      checkIn: inOneGo(({ id }) => checkIns.delete(id)),
      deliveries: ({ id }, after) => deliveries.eraseTexts(id, PAGE_SIZE, after),
    },
  };
}

function notices(parts: KeptParts): AccountKeeper {
  const { accountEvents, alerts, mail, webhookDeliveries, webhookEndpoints, webhookLines } = parts;
  return {
    sections: {
      alerts: async (id) => whole([await alerts.find(id)]),
      webhookEndpoints: async (id) => {
        const endpoints = await webhookEndpoints.list(id);
        return whole(endpoints.map(({ secrets: _secrets, ...endpoint }) => endpoint));
      },
      webhookDeliveries: async (id, limit, after) => named(await webhookDeliveries.listOf(id, limit, idOf(after))),
      events: async (id, limit, after) => named(await accountEvents.listOf(id, limit, idOf(after))),
      mail: async (id, limit, after) => named(await mail.listOf(id, limit, idOf(after))),
    },
    erasures: {
      mail: untilGone((id) => mail.deletePageOf(id, PAGE_SIZE)),
      alerts: inOneGo(({ id }) => alerts.delete(id)),
      webhookEndpoints: inOneGo(async ({ id: accountId }) => {
        for (const { id } of await webhookEndpoints.list(accountId)) await webhookEndpoints.delete(accountId, id);
      }),
      webhookDeliveries: untilGone((id) => webhookDeliveries.deletePageOf(id, PAGE_SIZE)),
      webhookLines: inOneGo(({ id }) => webhookLines.delete(id)),
      events: untilGone((id) => accountEvents.deletePageOf(id, PAGE_SIZE)),
    },
  };
}

function sales(parts: KeptParts): AccountKeeper {
  return {
    blockers: (accountId) => blockersOf(parts, accountId),
    sections: soldSections(parts),
    erasures: soldSteps(parts),
  };
}

async function blockersOf({ autoTopUps, clock, orders, subscriptions, wallets }: KeptParts, accountId: string) {
  const now = clock();
  const walletIds = await wallets.listIds(accountId);
  const [subscribed, pendingOrders, autoTopUp, held] = await Promise.all([
    subscriptions.list(accountId, MAX_OPEN),
    orders.list(accountId, { by: 'createdAt', status: 'pending', limit: MAX_OPEN }),
    autoTopUps.find(accountId),
    Promise.all(walletIds.map((walletId) => wallets.read({ accountId, walletId }, now))),
  ]);
  return deletionBlockers({ subscriptions: subscribed, pendingOrders, autoTopUp, wallets: held });
}

function soldSections(parts: KeptParts): NonNullable<AccountKeeper['sections']> {
  const { accounts, autoTopUps, cards, coupons, deposits, invoicing, orders, refunds, subscriptions } = parts;
  const customerOf = async (accountId: string) => (await accounts.find(accountId))?.customerIds?.stripe;
  return {
    orders: async (id, limit, after) =>
      timed(await orders.list(id, { by: 'createdAt', limit, after: timeOf(after) }), limit),
    refunds: async (id, limit, after) => named(await refunds.listOf(id, limit, idOf(after))),
    couponUses: async (id, limit, after) => named(await coupons.listUses(id, limit, idOf(after))),
    subscriptions: async (id, limit, after) => timed(await subscriptions.list(id, limit, timeOf(after)), limit),
    autoTopUp: async (id) => whole([await autoTopUps.find(id)]),
    invoicing: async (id) => whole([await invoicing.find(id)]),
    depositAddress: async (id) => whole([await deposits.findAddress(id)]),
    paymentMethods: async (id) => {
      const customerId = await customerOf(id);
      return whole(customerId ? await cards.listMethods(customerId) : []);
    },
    billingDetails: async (id) => {
      const customerId = await customerOf(id);
      return whole(customerId ? [await cards.readDetails(customerId)] : []);
    },
  };
}

function soldSteps(parts: KeptParts): NonNullable<AccountKeeper['erasures']> {
  const { autoTopUps, cards, clock, deposits, invoicing, orders, subscriptions } = parts;
  return {
    // The provider keeps its payments, with a customer of whom nothing else is known.
    customer: inOneGo(async ({ customerIds }) => {
      if (customerIds?.stripe) await cards.forgetCustomer(customerIds.stripe);
    }),
    orders: async ({ id: accountId }, after) => {
      const page = await orders.list(accountId, { by: 'createdAt', limit: PAGE_SIZE, after: timeOfStep(after) });
      await orders.eraseLinks(page, clock());
      return stepAfter(page, PAGE_SIZE);
    },
    // Only those go on that renew no more: they are cut short.
    subscriptions: async ({ id: accountId }, after) => {
      const page = await subscriptions.list(accountId, SMALL_PAGE_SIZE, timeOfStep(after));
      for (const subscription of page) {
        if (!isOver(subscription)) await endSubscription(parts, subscription);
      }
      await subscriptions.eraseLinks(page, clock());
      return stepAfter(page, SMALL_PAGE_SIZE);
    },
    autoTopUp: inOneGo(({ id }) => autoTopUps.delete(id)),
    invoicing: inOneGo(({ id }) => invoicing.delete(id)),
    depositAddress: inOneGo(({ id }) => deposits.deleteAddress(id)),
  };
}
