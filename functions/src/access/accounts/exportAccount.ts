import type { Page } from '@cloud-bridge/base';
import * as z from 'zod';
import type { Deps } from '../../main/compose.ts';
import { timePosition } from '../../platform/http/cursors.ts';
import { idSchema } from '../../platform/http/schemas.ts';
import { EXPORT_SECTIONS } from './accounts.schemas.ts';

type SectionName = (typeof EXPORT_SECTIONS)[number];
type Position =
  | z.output<typeof timePosition>
  | { readonly afterId: string }
  | { readonly walletId: string; readonly beforeSequence?: number | undefined };

/** Where an export goes on. */
export const exportPosition = z.strictObject({
  section: z.enum(EXPORT_SECTIONS),
  after: z
    .union([
      timePosition,
      z.strictObject({ afterId: idSchema }),
      z.strictObject({ walletId: idSchema, beforeSequence: z.int().min(1).optional() }),
    ])
    .optional(),
});
type ExportPosition = z.output<typeof exportPosition>;

interface Exported {
  readonly section: SectionName;
  readonly record: Record<string, unknown>;
}

/** A part of a section, and where in it to go on; null at its end. */
interface Part {
  readonly records: readonly object[];
  readonly after: Position | null;
}
type Read = (deps: Deps, accountId: string, limit: number, after: Position | undefined) => Promise<Part>;

const SECTIONS: Readonly<Record<SectionName, Read>> = {
  profile: async (deps, id) => whole([await deps.accounts.find(id)]),
  apiKeys: async (deps, id, limit, after) => timed(await deps.apiKeys.list(id, limit, timeOf(after)), limit),
  wallets: async (deps, accountId) => {
    const ids = await deps.wallets.listIds(accountId);
    return whole(await Promise.all(ids.map((walletId) => deps.wallets.read({ accountId, walletId }, deps.clock()))));
  },
  ledger: readLedger,
  orders: async (deps, id, limit, after) =>
    timed(await deps.orders.list(id, { by: 'createdAt', limit, after: timeOf(after) }), limit),
  refunds: async (deps, id, limit, after) => named(await deps.refunds.listOf(id, limit, idOf(after))),
  couponUses: async (deps, id, limit, after) => named(await deps.coupons.listUses(id, limit, idOf(after))),
  deliveries: async (deps, id, limit, after) => timed(await deps.deliveries.list(id, {}, limit, timeOf(after)), limit),
  integrations: async (deps, id, limit, after) =>
    timed(await deps.integrations.listAll(id, limit, timeOf(after)?.id), limit),
  subscriptions: async (deps, id, limit, after) =>
    timed(await deps.subscriptions.list(id, limit, timeOf(after)), limit),
  autoTopUp: async (deps, id) => whole([await deps.autoTopUps.find(id)]),
  alerts: async (deps, id) => whole([await deps.alerts.find(id)]),
  webhookEndpoints: async (deps, id) => {
    const endpoints = await deps.webhookEndpoints.list(id);
    return whole(endpoints.map(({ secrets: _secrets, ...endpoint }) => endpoint));
  },
  webhookDeliveries: async (deps, id, limit, after) =>
    named(await deps.webhookDeliveries.listOf(id, limit, idOf(after))),
  events: async (deps, id, limit, after) => named(await deps.accountEvents.listOf(id, limit, idOf(after))),
  mail: async (deps, id, limit, after) => named(await deps.mail.listOf(id, limit, idOf(after))),
  invoicing: async (deps, id) => whole([await deps.invoicing.find(id)]),
  checkIn: async (deps, id) => whole([await deps.checkIns.find(id)]),
  depositAddress: async (deps, id) => whole([await deps.deposits.findAddress(id)]),
  paymentMethods: async (deps, id) => {
    const customerId = (await deps.accounts.find(id))?.customerIds?.stripe;
    return whole(customerId ? await deps.cards.listMethods(customerId) : []);
  },
  billingDetails: async (deps, id) => {
    const customerId = (await deps.accounts.find(id))?.customerIds?.stripe;
    return whole(customerId ? [await deps.cards.readDetails(customerId)] : []);
  },
  operatorActions: async (deps, accountId, limit, after) => {
    const records = await deps.auditLog.list({ accountId, limit, after: timeOf(after) });
    const { after: following } = timed(records, limit);
    return { records: records.map(({ actorId: _actor, requestHash: _hash, ...record }) => record), after: following };
  },
};

/** What is held about an account, a page of it: one part of one section after the other. Secrets are held nowhere. */
export async function exportAccount(
  deps: Deps,
  accountId: string,
  limit: number,
  position: ExportPosition = { section: 'profile' },
): Promise<{ items: Exported[]; next: ExportPosition | null }> {
  const { section } = position;
  const { records, after } = await SECTIONS[section](deps, accountId, limit, position.after);
  const items = records.map((record) => ({ section, record: { ...record } }));
  if (after) return { items, next: { section, after } };
  const following = EXPORT_SECTIONS[EXPORT_SECTIONS.indexOf(section) + 1];
  return { items, next: following ? { section: following } : null };
}

/** The newest entries of a wallet come first; then comes the next wallet. */
async function readLedger(deps: Deps, accountId: string, limit: number, after: Position | undefined): Promise<Part> {
  const ids = (await deps.wallets.listIds(accountId)).sort();
  const walletId = after && 'walletId' in after ? after.walletId : ids[0];
  if (walletId === undefined || !ids.includes(walletId)) return whole([]);
  const beforeSequence = after && 'walletId' in after ? after.beforeSequence : undefined;
  const entries = await deps.wallets.listEntries({ accountId, walletId }, { limit, beforeSequence });
  const records = entries.map(({ commandId: _command, requestHash: _hash, ...entry }) => entry);
  const last = entries.at(-1);
  if (last && entries.length === limit) return { records, after: { walletId, beforeSequence: last.sequence } };
  const following = ids[ids.indexOf(walletId) + 1];
  return { records, after: following === undefined ? null : { walletId: following } };
}

function whole(records: readonly (object | null)[]): Part {
  return { records: records.filter((record) => record !== null), after: null };
}

function timed(records: readonly { createdAt: string; id: string }[], limit: number): Part {
  const last = records.at(-1);
  return { records, after: last && records.length === limit ? { createdAt: last.createdAt, id: last.id } : null };
}

/** Documents that Firestore deletes by itself say when; that is no part of what they tell. */
function named<T extends object>({ items, after }: Page<T>): Part {
  const records = items.map((item) => ({ ...item, deleteAt: undefined }));
  return { records, after: after === null ? null : { afterId: after } };
}

function idOf(after: Position | undefined): string | null {
  return after && 'afterId' in after ? after.afterId : null;
}

function timeOf(after: Position | undefined): z.output<typeof timePosition> | undefined {
  return after && 'createdAt' in after ? after : undefined;
}
