import {
  addSeconds,
  type Clock,
  commandIds,
  IdempotencyKey,
  invalidField,
  isoTime,
  type Logger,
  requestHash,
} from '@cloud-bridge/base';
import type { CommandResult, WalletCommand } from './commands.ts';
import type { Entry } from './entry.ts';
import { readCurrentWallet, submitWithLapsedHolds } from './holds.ts';
import {
  assertCredits,
  assertDescription,
  assertDocumentName,
  assertHoldSeconds,
  assertName,
  assertWhole,
  deadlineOf,
} from './keyedRequests.ts';
import type {
  CaptureRequest,
  ChargeRequest,
  CreditRequest,
  ExtendRequest,
  HoldReceipt,
  HoldRequest,
  KeyedWallet,
  Receipt,
  ReleaseRequest,
  WalletBalance,
  WalletEntry,
} from './keyedWallet.ts';
import type { Ledger } from './ledger.ts';
import { LOT_PRIORITY } from './lots.ts';
import type { LedgerNeeds } from './needs.ts';
import { spendableCredits, type WalletAddress } from './wallet.ts';

const DEFAULT_ENTRIES = 50;
const MAX_ENTRIES = 500;

export interface OpenWalletOptions {
  /** Returns the present time as ISO 8601 in UTC with milliseconds; the machine's clock by default. */
  readonly clock?: Clock;
  /** Receives messages about lapsed holds that could not be expired; `console` by default. */
  readonly logger?: Logger;
}

/**
 * Opens a wallet by its address, without reading or writing. A wallet without entries is empty.
 * @param ledger one instance for the whole process: it remembers wallets, and settles concurrent commands in one commit
 * @throws INVALID_REQUEST for an `accountId` or `walletId` that can't name a document
 */
export function openWallet(ledger: Ledger, address: WalletAddress, options: OpenWalletOptions = {}): KeyedWallet {
  const { accountId, walletId } = address;
  assertDocumentName('accountId', accountId);
  assertDocumentName('walletId', walletId);
  return new WalletByKeys(ledger, { accountId, walletId }, options);
}

/** The fields of a command that come from the key, the request and the clock. */
type CommandName = Pick<WalletCommand, 'entryId' | 'commandId' | 'requestHash' | 'now'>;

/**
 * The content of a request, from which its fingerprint is made. Contains no times, so that a repeated request has the
 * same fingerprint.
 */
type Request = readonly [method: string, fields: Readonly<Record<string, unknown>>];

class WalletByKeys implements KeyedWallet {
  readonly #address: WalletAddress;
  readonly #deps: LedgerNeeds;

  constructor(
    wallets: Ledger,
    address: WalletAddress,
    { clock = () => isoTime(Date.now()), logger = console }: OpenWalletOptions,
  ) {
    this.#address = address;
    this.#deps = { clock, logger, wallets, lowBalances: { notice: () => {} } };
  }

  async credit(request: CreditRequest): Promise<Receipt> {
    const { key, amountCredits, description, source = 'grant' } = request;
    assertCredits(amountCredits, 1);
    assertDescription(description);
    if (!Object.hasOwn(LOT_PRIORITY, source)) {
      throw invalidField('source', `must be one of ${Object.keys(LOT_PRIORITY).join(', ')}`);
    }
    const type = source === 'purchase' ? 'purchase' : 'grant';
    const credits = { type, amountCredits, description, source, expiresAt: deadlineOf(request.expiresAt) } as const;
    return receiptOf(await this.#submit(key, ['credit', credits], (name) => ({ ...name, ...credits })));
  }

  async charge(request: ChargeRequest): Promise<Receipt> {
    const spending = spendingOf(request);
    const commandOf = (name: CommandName) => ({ ...name, ...spending, hold: null });
    return receiptOf(await this.#submit(request.key, ['charge', spending], commandOf));
  }

  async hold(request: HoldRequest): Promise<HoldReceipt> {
    const { key, expiresInSeconds } = request;
    const spending = spendingOf(request);
    assertHoldSeconds(expiresInSeconds);
    const result = await this.#submit(key, ['hold', { ...spending, expiresInSeconds }], (name) => ({
      ...name,
      ...spending,
      hold: { expiresAt: addSeconds(name.now, expiresInSeconds) },
    }));
    // The deadline that this entry set, so that a repeated request returns it even after the hold was extended or
    // settled.
    const { id, charge } = result.entry;
    return { ...receiptOf(result), holdId: id, expiresAt: charge.firstHoldExpiresAt };
  }

  async capture({ key, holdId, amountCredits }: CaptureRequest): Promise<Receipt> {
    assertDocumentName('holdId', holdId);
    if (amountCredits !== undefined) assertCredits(amountCredits, 0);
    const capture = { type: 'capture', chargeId: holdId, amountCredits: amountCredits ?? null } as const;
    return receiptOf(await this.#submit(key, ['capture', capture], (name) => ({ ...name, ...capture })));
  }

  async release({ key, holdId }: ReleaseRequest): Promise<Receipt> {
    assertDocumentName('holdId', holdId);
    const release = { type: 'release', chargeId: holdId } as const;
    return receiptOf(await this.#submit(key, ['release', release], (name) => ({ ...name, ...release })));
  }

  async extend({ key, holdId, expiresInSeconds }: ExtendRequest): Promise<HoldReceipt> {
    assertDocumentName('holdId', holdId);
    assertHoldSeconds(expiresInSeconds);
    const result = await this.#submit(key, ['extend', { holdId, expiresInSeconds }], (name) => ({
      ...name,
      type: 'extend',
      chargeId: holdId,
      expiresAt: addSeconds(name.now, expiresInSeconds),
    }));
    return { ...receiptOf(result), holdId, expiresAt: result.entry.extendedHoldExpiresAt };
  }

  async read(): Promise<WalletBalance> {
    const { wallet, now } = await readCurrentWallet(this.#deps, this.#address);
    const { heldCredits, debtCredits } = wallet;
    return { availableCredits: spendableCredits(wallet, now), heldCredits, debtCredits };
  }

  async entries({
    limit = DEFAULT_ENTRIES,
    beforeSequence,
  }: Parameters<KeyedWallet['entries']>[0] = {}): Promise<WalletEntry[]> {
    assertWhole('limit', limit, 1, MAX_ENTRIES);
    if (beforeSequence !== undefined) assertWhole('beforeSequence', beforeSequence, 1, Number.MAX_SAFE_INTEGER);
    const entries = await this.#deps.wallets.listEntries(this.#address, { limit, beforeSequence });
    return entries.map(walletEntryOf);
  }

  /** Submits a command whose entry id derives from the key and whose fingerprint derives from the request. */
  #submit<C extends WalletCommand>(
    key: string,
    request: Request,
    commandOf: (name: CommandName) => C,
  ): Promise<CommandResult<C>> {
    assertName('key', key);
    const now = this.#deps.clock();
    const ids = commandIds(this.#address, { key: new IdempotencyKey(key), requestHash: requestHash(request) });
    return submitWithLapsedHolds(this.#deps, this.#address, commandOf({ ...ids, now }));
  }
}

function spendingOf({ amountCredits, description, operation = 'charge' }: ChargeRequest) {
  assertCredits(amountCredits, 0);
  assertDescription(description);
  assertName('operation', operation);
  return { type: 'charge', amountCredits, description, operation, quantity: 1, metadata: {} } as const;
}

function walletEntryOf(entry: Entry): WalletEntry {
  const { id, sequence, kind, amountCredits, balanceAfterCredits, consumedCredits, description, createdAt } = entry;
  return { entryId: id, sequence, kind, amountCredits, balanceAfterCredits, consumedCredits, description, createdAt };
}

function receiptOf({ entry, replayed }: CommandResult): Receipt {
  return { ...walletEntryOf(entry), replayed };
}
