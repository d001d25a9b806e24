import type { Page, TimePosition } from '@cloud-bridge/base';
import type * as z from 'zod';
import type { timePosition } from '../../platform/http/cursors.ts';
import type { Account } from './account.ts';
import type { EXPORT_SECTIONS } from './accounts.schemas.ts';
import type { DeletionBlocker } from './deletion.ts';

export type SectionName = (typeof EXPORT_SECTIONS)[number];

/** Where a section of an export goes on. */
export type SectionPosition =
  | z.output<typeof timePosition>
  | { readonly afterId: string }
  | { readonly walletId: string; readonly beforeSequence?: number | undefined };

/** A part of a section of an export, and where in the section to go on; null at its end. */
export interface SectionPart {
  readonly records: readonly object[];
  readonly after: SectionPosition | null;
}

type ReadSection = (accountId: string, limit: number, after: SectionPosition | undefined) => Promise<SectionPart>;

/** Erases a page after a position of its own; gives the position to go on after, null when nothing is left. */
type ErasePage = (account: Account, after: string | null) => Promise<string | null>;

/** What a feature keeps of an account. */
export interface AccountKeeper {
  /** What could still take the owner's money, or is being paid for: the account can't be deleted meanwhile. */
  readonly blockers?: (accountId: string) => Promise<readonly DeletionBlocker[]>;
  /** Sections of the export. Secrets are in none. */
  readonly sections?: Partial<Readonly<Record<SectionName, ReadSection>>>;
  /** Steps of the erasure by name; each may be repeated. */
  readonly erasures?: Partial<Readonly<Record<ErasureStep, ErasePage>>>;
  /** The last step of a deletion, once nothing is open any more; may be repeated. */
  readonly close?: (accountId: string) => Promise<void>;
  /** Credits that a deletion would forfeit. */
  readonly spendableCredits?: (accountId: string) => Promise<number>;
}

/**
 * The steps of an erasure in their order: what tells at once who the owner is and where they pay comes first, what may
 * be large comes last.
 */
export const ERASURE_STEPS = [
  'keys',
  'email',
  'user',
  'customer',
  'mail',
  'orders',
  'subscriptions',
  'autoTopUp',
  'invoicing',
  'checkIn',
  'depositAddress',
  'alerts',
  'webhookEndpoints',
  'webhookDeliveries',
  'webhookLines',
  'events',
  'integrations',
  'auditLog',
  'deliveries',
  'ledger',
] as const;
type ErasureStep = (typeof ERASURE_STEPS)[number];

/** Where a page only deletes, whatever is left stands at the front. */
const FROM_THE_FRONT = '';

/** A step that is done in one go. */
export function inOneGo(erase: (account: Account) => Promise<void>): ErasePage {
  return async (account) => {
    await erase(account);
    return null;
  };
}

/** A step that deletes page after page. @param deletePage true when there may be more */
export function untilGone(deletePage: (accountId: string) => Promise<boolean>): ErasePage {
  return async ({ id }) => ((await deletePage(id)) ? FROM_THE_FRONT : null);
}

/** The position of an erasure as a place in a list by time. */
export function timeOfStep(after: string | null): TimePosition | undefined {
  const [createdAt, id] = after?.split('/') ?? [];
  return createdAt !== undefined && id !== undefined ? { createdAt, id } : undefined;
}

/** Where an erasure goes on after a page of a list by time; null after a page that isn't full. */
export function stepAfter(page: readonly TimePosition[], limit: number): string | null {
  const last = page.at(-1);
  return last && page.length === limit ? `${last.createdAt}/${last.id}` : null;
}

/** A section that has all its records at once. */
export function whole(records: readonly (object | null)[]): SectionPart {
  return { records: records.filter((record) => record !== null), after: null };
}

/** A part of a section that is listed by time. */
export function timed(records: readonly TimePosition[], limit: number): SectionPart {
  const last = records.at(-1);
  return { records, after: last && records.length === limit ? { createdAt: last.createdAt, id: last.id } : null };
}

/** A part of a section that is listed by id. Documents that Firestore deletes by itself say when: that is left out. */
export function named<T extends object>({ items, after }: Page<T>): SectionPart {
  const records = items.map((item) => ({ ...item, deleteAt: undefined }));
  return { records, after: after === null ? null : { afterId: after } };
}

export function idOf(after: SectionPosition | undefined): string | null {
  return after && 'afterId' in after ? after.afterId : null;
}

export function timeOf(after: SectionPosition | undefined): z.output<typeof timePosition> | undefined {
  return after && 'createdAt' in after ? after : undefined;
}
