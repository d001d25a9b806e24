import { invalidRequest } from '@cloud-bridge/base';
import { type Entry, type EntryKind, MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import * as z from 'zod';
import { parseCursor, sequencePosition, sequencePositionOf } from '../../platform/http/cursors.ts';
import { type Page, toPage } from '../../platform/http/replies.ts';
import { accountIdSchema, DEFAULT_PAGE_SIZE, idSchema } from '../../platform/http/schemas.ts';
import type { TransactionsNeeds } from './needs.ts';

interface LedgersRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly accountId?: string | undefined;
  readonly walletId?: string | undefined;
  readonly kind?: EntryKind | undefined;
}

/** A position in the list of all accounts' entries. */
const entryPosition = z.strictObject({
  accountId: accountIdSchema,
  walletId: idSchema,
  id: idSchema,
});

/**
 * Returns a page of one wallet's entries, newest first, or of all accounts' entries, ordered by account. An index by
 * time over all accounts would direct every new charge to the same place of the index, and so limit the number of
 * charges per second. Orders list payments by time, and the audit log lists operators' corrections by time.
 * @throws INVALID_REQUEST
 */
export async function pageOfLedgers(deps: TransactionsNeeds, request: LedgersRequest): Promise<Page<Entry>> {
  const { limit = DEFAULT_PAGE_SIZE, cursor, accountId, walletId, kind } = request;
  if (accountId === undefined) {
    if (walletId !== undefined) {
      throw invalidRequest([{ in: 'query', field: 'walletId', message: 'only goes with accountId' }]);
    }
    const after = parseCursor(cursor, entryPosition);
    const entries = await deps.wallets.listEntriesEverywhere({ kind, after, limit: limit + 1 });
    return toPage(entries, limit, positionOf);
  }
  const beforeSequence = parseCursor(cursor, sequencePosition)?.sequence;
  const address = { accountId, walletId: walletId ?? MAIN_WALLET_ID };
  const entries = await deps.wallets.listEntries(address, { kind, beforeSequence, limit: limit + 1 });
  return toPage(entries, limit, sequencePositionOf);
}

function positionOf({ accountId, walletId, id }: Entry): string {
  return JSON.stringify({ accountId, walletId, id });
}
