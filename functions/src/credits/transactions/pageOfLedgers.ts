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

/** A place among the entries of all accounts. */
const entryPosition = z.strictObject({
  accountId: accountIdSchema,
  walletId: idSchema,
  id: idSchema,
});

/**
 * A page of one wallet's ledger, the latest first, or of all ledgers. Those come account by account, in the order of
 * their names: an index by time over all accounts would have every charge written to the same place of it, and so bound
 * how many charges a second there can be. What came in by payments is listed by time as orders, what operators gave or
 * took in the audit log.
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
