import type { IsoTime } from '@cloud-bridge/base';
import type { ChargeStatus, EntryKind, UncheckedEntry } from '../entry.ts';
import { applyEntry, emptyWallet, type Wallet, type WalletAddress } from '../wallet.ts';

/** The state of an open hold according to the entries alone. */
export interface OpenHold {
  readonly amountCredits: number;
  readonly holdExpiresAt: IsoTime;
}

/** The state that a hold's entry must have at the end of the ledger. */
export interface HoldState extends OpenHold {
  readonly status: ChargeStatus;
  readonly capturedCredits: number;
  readonly openHoldExpiresAt: IsoTime | null;
  readonly settledAt: IsoTime | null;
  readonly settledBalanceCredits: number | null;
}

/** An entry can't stand at its place in the ledger. */
export class BrokenLedger extends Error {}

const STATUS_AFTER: Partial<Record<EntryKind, Exclude<ChargeStatus, 'held'>>> = {
  capture: 'captured',
  release: 'released',
  hold_expiry: 'expired',
};

/** Rebuilds a wallet and its open holds, entry by entry. The later state in the entries of holds isn't trusted. */
export class LedgerReplay {
  readonly #address: WalletAddress;
  readonly #openHolds: Map<string, OpenHold>;
  #wallet: Wallet;
  #lastEntryId: string | null;
  #settled = new Map<string, HoldState>();

  constructor(
    address: WalletAddress,
    from: { wallet: Wallet; lastEntryId: string | null; openHolds: Iterable<readonly [string, OpenHold]> } | null,
  ) {
    this.#address = address;
    // The first entry sets the wallet's times.
    this.#wallet = from?.wallet ?? emptyWallet(address.accountId, address.walletId, '');
    this.#lastEntryId = from?.lastEntryId ?? null;
    this.#openHolds = new Map(from?.openHolds);
  }

  get wallet(): Wallet {
    return this.#wallet;
  }

  get lastEntryId(): string | null {
    return this.#lastEntryId;
  }

  get openHolds(): ReadonlyMap<string, OpenHold> {
    return this.#openHolds;
  }

  /**
   * Applies one entry.
   * @param id the name of the entry's document
   * @throws {@link BrokenLedger} when the entry doesn't follow; then nothing has changed
   */
  apply(id: string, entry: UncheckedEntry): void {
    const { accountId, walletId } = this.#address;
    try {
      if (entry.id !== id) throw new RangeError('its id is another');
      if (entry.accountId !== accountId || entry.walletId !== walletId) throw new RangeError("it is another wallet's");
      const wallet = applyEntry(this.#wallet, entry);
      this.#applyToHolds(entry);
      this.#wallet = wallet;
      this.#lastEntryId = id;
    } catch (error) {
      const { message, cause } = error as Error;
      const reasons = [message, ...(cause instanceof Error ? [cause.message] : [])].join(': ');
      throw new BrokenLedger(`entry ${id} does not follow ${this.#wallet.sequence}: ${reasons}`, { cause: error });
    }
  }

  /** Returns the final states of the holds that were settled since the last call. */
  takeSettled(): ReadonlyMap<string, HoldState> {
    const settled = this.#settled;
    this.#settled = new Map();
    return settled;
  }

  #applyToHolds(entry: UncheckedEntry): void {
    assertKeySpend(entry, this.#openHolds.get(entry.chargeId ?? ''));
    const status = STATUS_AFTER[entry.kind];
    if (status) this.#settle(entry, status);
    else if (entry.kind === 'hold') this.#open(entry);
    else if (entry.heldDeltaCredits !== 0) throw new RangeError('it may not hold anything');
    else if (entry.kind === 'hold_extension') this.#extend(entry);
    else if (entry.kind === 'charge') assertCharged(entry);
  }

  #open(entry: UncheckedEntry): void {
    const { amountCredits, firstHoldExpiresAt } = entry.charge ?? {};
    if (!firstHoldExpiresAt || amountCredits === undefined) throw new RangeError('it has no hold');
    if (amountCredits !== entry.heldDeltaCredits) throw new RangeError('it holds another amount');
    this.#openHolds.set(entry.id, { amountCredits, holdExpiresAt: firstHoldExpiresAt });
  }

  #extend(entry: UncheckedEntry): void {
    const { hold, id } = this.#holdOf(entry);
    const holdExpiresAt = entry.extendedHoldExpiresAt;
    if (!holdExpiresAt || holdExpiresAt < hold.holdExpiresAt) throw new RangeError('it extends nothing');
    this.#openHolds.set(id, { ...hold, holdExpiresAt });
  }

  #settle(entry: UncheckedEntry, status: HoldState['status']): void {
    const { hold, id } = this.#holdOf(entry);
    if (entry.heldDeltaCredits !== 0 - hold.amountCredits) throw new RangeError('it settles another amount');
    if (status !== 'captured' && entry.consumedCredits !== 0) throw new RangeError('it may not spend anything');
    this.#openHolds.delete(id);
    this.#settled.set(id, {
      ...hold,
      status,
      capturedCredits: entry.consumedCredits,
      openHoldExpiresAt: null,
      settledAt: entry.createdAt,
      settledBalanceCredits: entry.balanceAfterCredits,
    });
  }

  #holdOf(entry: UncheckedEntry): { id: string; hold: OpenHold } {
    const id = entry.chargeId ?? '';
    const hold = this.#openHolds.get(id);
    if (!hold) throw new RangeError(`hold ${id} is not open`);
    return { id, hold };
  }
}

/** Returns the state that an open hold's entry must have. */
export function heldState(hold: OpenHold): HoldState {
  return {
    ...hold,
    status: 'held',
    capturedCredits: 0,
    openHoldExpiresAt: hold.holdExpiresAt,
    settledAt: null,
    settledBalanceCredits: null,
  };
}

/**
 * Checks that an entry's key spending belongs to its key and follows from its amounts: a charge counts in full or not
 * at all; the end of a hold gives back at most what wasn't captured, and adds what was captured beyond the hold.
 */
function assertKeySpend(entry: UncheckedEntry, hold: OpenHold | undefined): void {
  const { keySpend } = entry;
  if (!keySpend) return;
  const { keyId, dayCredits, monthCredits } = keySpend;
  const isSettlement = STATUS_AFTER[entry.kind] !== undefined;
  if (!isSettlement && entry.kind !== 'charge' && entry.kind !== 'hold') throw new RangeError('no key may spend by it');
  if (keyId !== (entry.chargeKeyId ?? entry.apiKeyId)) throw new RangeError('it is the spending of another key');
  const full = isSettlement
    ? entry.consumedCredits - (hold?.amountCredits ?? 0)
    : entry.consumedCredits + entry.heldDeltaCredits;
  if ([dayCredits, monthCredits].some((credits) => credits !== 0 && credits !== full)) {
    throw new RangeError('the spending of its key is another amount');
  }
}

/** Checks a charge that spent at once; such a charge never changes. */
function assertCharged({ charge, consumedCredits, openHoldExpiresAt }: UncheckedEntry): void {
  const isCharged =
    charge?.status === 'captured' &&
    charge.amountCredits === consumedCredits &&
    charge.capturedCredits === consumedCredits &&
    charge.holdExpiresAt === null &&
    openHoldExpiresAt === undefined;
  if (!isCharged) throw new RangeError('it is no charge that was posted at once');
}
