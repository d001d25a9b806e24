import { isRecord, storedAs } from '@cloud-bridge/base';
import {
  type ChargeEntry,
  type ChargeStatus,
  type Entry,
  type HoldEntry,
  isOpenHold,
  type SettledCharge,
  type SettledHoldEntry,
  type UncheckedEntry,
} from './entry.ts';
import type { LotChange, LotSource } from './lots.ts';

type Fields = Readonly<Record<string, unknown>>;
/** The end of a hold. It has a field of its own, so that it can be written without reading the charge. */
type Settlement = Pick<SettledCharge, 'status' | 'settledAt' | 'settledBalanceCredits'> & Partial<SettledCharge>;

/** The address of an entry's document. */
interface Place {
  readonly id: string;
  readonly path: string;
}

/**
 * Converts between entries and their documents. Reading trusts that a document has all fields of its kind: only the
 * ledger writes entries, and the audit checks them.
 */
export const ENTRIES = storedAs<Entry>({
  toStored: toStoredEntry,
  fromStored: (fields, place) => fromStoredEntry(fields, place) as Entry,
});

/** The document fields that are needed to read the charge of a hold. */
export const STORED_HOLD_FIELDS = [
  'id',
  'kind',
  'amountCredits',
  'openHoldExpiresAt',
  'charge',
  'settlement',
  'shape',
] as const;

/**
 * The priority of a stored lot change that has none. Separate from `LOT_PRIORITY`, which may change for new lots, while
 * stored changes must keep their meaning.
 */
const IMPLIED_PRIORITY: Readonly<Record<LotSource, number>> = {
  subscription: 10,
  promotion: 20,
  grant: 30,
  purchase: 100,
};

/**
 * Returns the fields of an entry's document. Fields that follow from the document's path, the kind or other fields are
 * left out, because a write's cost depends on its number of fields; a plain charge keeps a third of them. {@link
 * fromStoredEntry} restores them.
 */
export function toStoredEntry(entry: Entry): Record<string, unknown> {
  const { accountId: _accountId, walletId: _walletId, lotChanges, charge: _charge, ...rest } = entry;
  const stored = withoutImplied(rest, impliedByEntry(entry));
  if (lotChanges.length > 0) stored.lotChanges = lotChanges.map((change) => toStoredLotChange(entry, change));
  if (entry.charge) Object.assign(stored, toStoredCharge(entry));
  return stored;
}

/**
 * Returns the fields to update for a changed hold: the state of its charge, the only part of an entry that ever
 * changes.
 */
export function toStoredHoldState(hold: HoldEntry): Record<string, unknown> {
  const { firstHoldExpiresAt, holdExpiresAt } = hold.charge;
  return {
    ...(holdExpiresAt !== firstHoldExpiresAt && { 'charge.holdExpiresAt': holdExpiresAt }),
    ...(!isOpenHold(hold) && { settlement: toStoredSettlement(hold) }),
  };
}

/**
 * Restores an entry from its document. A stored field wins over an implied value. Unreadable values are passed on
 * unchanged, and nothing is derived from them. So the type is only the document's claim, which the audit checks.
 */
export function fromStoredEntry(fields: Fields, { id, path }: Place): UncheckedEntry {
  const [, accountId, , walletId] = path.split('/');
  const { settlement, ...stored } = fields;
  const entry: Fields = { id, accountId, walletId, ...impliedByEntry(stored), ...stored };
  const lotChanges = fromStoredLotChanges(entry, stored.lotChanges);
  const charge = fromStoredCharge(entry, stored.charge, settlement);
  return { ...entry, lotChanges, ...(charge !== undefined && { charge }) } as UncheckedEntry;
}

/** The fields of an entry from which others follow. */
interface Gist {
  readonly kind?: unknown;
  readonly amountCredits?: unknown;
  readonly debtDeltaCredits?: unknown;
  readonly operation?: unknown;
}

function impliedByEntry({ kind, amountCredits, operation }: Gist): Fields {
  const spentCredits = opposite(amountCredits);
  return {
    heldDeltaCredits: kind === 'hold' ? spentCredits : 0,
    debtDeltaCredits: 0,
    consumedCredits: kind === 'charge' ? spentCredits : 0,
    expiredCredits: 0,
    ...(operation !== undefined && { description: operation }),
  };
}

function opposite(credits: unknown): number {
  return 0 - creditsIn(credits);
}

function creditsIn(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

/** Returns a charge's status while its document has no settlement; undefined for an entry that records no charge. */
function firstStatusOf(kind: unknown): ChargeStatus | undefined {
  if (kind === 'charge') return 'captured';
  return kind === 'hold' ? 'held' : undefined;
}

function toStoredCharge(entry: ChargeEntry | HoldEntry): Fields {
  const { quantity, amountCredits, metadata, firstHoldExpiresAt, holdExpiresAt } = entry.charge;
  const stored = {
    ...(quantity !== 1 && { quantity }),
    ...(amountCredits !== opposite(entry.amountCredits) && { amountCredits }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(firstHoldExpiresAt !== null && { firstHoldExpiresAt }),
    ...(holdExpiresAt !== firstHoldExpiresAt && { holdExpiresAt }),
  };
  return {
    ...(Object.keys(stored).length > 0 && { charge: stored }),
    ...(entry.kind === 'hold' && !isOpenHold(entry) && { settlement: toStoredSettlement(entry) }),
  };
}

/**
 * Returns the stored end of a hold; leaves out captured credits that follow from the status: all of a captured hold,
 * none of any other.
 */
function toStoredSettlement({ amountCredits, charge }: SettledHoldEntry): Settlement {
  const { status, capturedCredits, settledAt, settledBalanceCredits } = charge;
  const implied = impliedByStatus(amountCredits, status);
  return { status, settledAt, settledBalanceCredits, ...(capturedCredits !== implied && { capturedCredits }) };
}

/** Restores a charge. Passes on unreadable values, and a charge on an entry whose kind has none. */
function fromStoredCharge({ kind, amountCredits }: Gist, charge: unknown, settlement: unknown = {}): unknown {
  const status = firstStatusOf(kind);
  if (!status) return charge;
  const stored = charge === undefined ? {} : charge;
  if (!isRecord(stored)) return stored;
  if (!isRecord(settlement)) return settlement;
  const { firstHoldExpiresAt = null } = stored;
  const begun = {
    quantity: 1,
    amountCredits: opposite(amountCredits),
    metadata: {},
    firstHoldExpiresAt,
    holdExpiresAt: firstHoldExpiresAt,
    settledAt: null,
    settledBalanceCredits: null,
    status,
    capturedCredits: impliedByStatus(amountCredits, status),
    ...stored,
  };
  const end =
    settlement.status === undefined ? {} : { capturedCredits: impliedByStatus(amountCredits, settlement.status) };
  return { ...begun, ...end, ...settlement };
}

function impliedByStatus(entryCredits: unknown, status: unknown): number {
  return status === 'captured' ? opposite(entryCredits) : 0;
}

function toStoredLotChange(entry: Entry, { source, priority, expiresAt, deltaCredits }: LotChange): Fields {
  return {
    source,
    ...(priority !== IMPLIED_PRIORITY[source] && { priority }),
    ...(expiresAt !== null && { expiresAt }),
    ...(entry.lotChanges.length > 1 && { deltaCredits }),
  };
}

function fromStoredLotChanges({ amountCredits, debtDeltaCredits }: Gist, stored: unknown = []): unknown {
  if (!Array.isArray(stored)) return stored;
  // A single change follows from the entry's amount; of several changes, each stores its own amount.
  const lone = stored.length === 1 ? { deltaCredits: creditsIn(amountCredits) + creditsIn(debtDeltaCredits) } : {};
  return stored.map((change: unknown) => {
    if (!isRecord(change) || !isSource(change.source)) return change;
    return { priority: IMPLIED_PRIORITY[change.source], expiresAt: null, ...lone, ...change };
  });
}

function isSource(value: unknown): value is LotSource {
  return typeof value === 'string' && Object.hasOwn(IMPLIED_PRIORITY, value);
}

function withoutImplied(fields: Fields, implied: Fields): Record<string, unknown> {
  const left: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined && value !== implied[name]) left[name] = value;
  }
  return left;
}
