import {
  addSeconds,
  assertNonNegative,
  assertSafeInteger,
  hasLapsed,
  type IsoTime,
  idempotencyKeyReused,
  laterOf,
} from '@cloud-bridge/base';
import type {
  AdjustCommand,
  CaptureCommand,
  ChargeCommand,
  CloseCommand,
  CommandResult,
  CreditCommand,
  ExpireLotsCommand,
  ExtendCommand,
  ReleaseCommand,
  RevokeCommand,
  SettleCommand,
  WalletCommand,
} from './commands.ts';
import {
  type Entry,
  type EntryBase,
  type ExpiryEntry,
  type HeldCharge,
  type HoldEntry,
  isOpenHold,
  type OpenHoldEntry,
  type PostedCharge,
  type SettledHoldEntry,
  type SettlementEntry,
} from './entry.ts';
import { spendOfCharge, spendOfSettlement } from './keySpending.ts';
import {
  chargeNotFound,
  chargeNotHeld,
  chargeOfDelivery,
  InsufficientCredits,
  nothingHasLapsed,
  walletClosed,
  walletFull,
} from './ledger.errors.ts';
import {
  applyLotChanges,
  burnLots,
  giveBack,
  LOT_PRIORITY,
  type LotChange,
  lapseLots,
  makeRoom,
  sumChanges,
  takeBack,
} from './lots.ts';
import { applyEntry, turnoverCredits, type Wallet } from './wallet.ts';

/**
 * The state that a command is decided on: the wallet, and the entries that concern the command (null if there is none).
 */
export interface LedgerView {
  readonly wallet: Wallet;
  readonly entries: ReadonlyMap<string, Entry | null>;
}

/** The writes of a command. They take effect only when they are committed. */
export interface Decision<C extends WalletCommand = WalletCommand> {
  readonly wallet: Wallet;
  readonly created: readonly Entry[];
  /** The hold whose charge the command changed, if any. */
  readonly updated: HoldEntry | null;
  readonly result: CommandResult<C>;
}

/**
 * Decides one command on known state. Pure: the same view and command always give the same decision. A refusal is
 * thrown as an AppError (402 for missing credits or a key's cap, 404 for an unknown charge, 409 for a charge that is
 * no longer held or a closed wallet, 422 for a reused key) and means that nothing is written for the command.
 * @throws INSUFFICIENT_CREDITS, KEY_CREDIT_LIMIT_EXCEEDED, TOO_MANY_CAPPED_KEYS, CHARGE_NOT_FOUND, CHARGE_NOT_HELD,
 *   CHARGE_OF_DELIVERY, NOTHING_HAS_LAPSED, WALLET_CLOSED, WALLET_FULL, IDEMPOTENCY_KEY_REUSED
 */
export function decide(view: LedgerView, command: WalletCommand): Decision {
  const earlier = view.entries.get(command.entryId);
  return earlier ? replay(view, earlier, command) : decideNew(view, onLedgerTime(view.wallet, command));
}

/**
 * Moves a command to the ledger's time if the command's clock is behind. Clocks of instances differ, but the ledger's
 * time never runs backwards, and deadlines are judged by it. A hold keeps its duration, counted from the ledger's time.
 */
function onLedgerTime(wallet: Wallet, command: WalletCommand): WalletCommand {
  if (wallet.sequence === 0 || command.now >= wallet.updatedAt) return command;
  const now = wallet.updatedAt;
  const moved = (deadline: IsoTime) => addSeconds(deadline, (Date.parse(now) - Date.parse(command.now)) / 1000);
  if (command.type === 'extend') return { ...command, now, expiresAt: moved(command.expiresAt) };
  if (command.type !== 'charge' || !command.hold) return { ...command, now };
  return { ...command, now, hold: { expiresAt: moved(command.hold.expiresAt) } };
}

function decideNew(view: LedgerView, command: WalletCommand): Decision {
  switch (command.type) {
    case 'charge':
      return decideCharge(view, command);
    case 'purchase':
    case 'grant':
    case 'reinstatement':
      return decideCredit(view, command);
    case 'revocation':
      return decideRevocation(view, command);
    case 'adjustment':
      return decideAdjustment(view, command);
    case 'expireLots':
      return decideExpiry(view, command);
    case 'close':
      return decideClosure(view, command);
    default:
      return decideSettlement(view, command);
  }
}

function replay(view: LedgerView, earlier: Entry, command: WalletCommand): Decision {
  if (earlier.requestHash !== command.requestHash) throw idempotencyKeyReused();
  const charge = earlier.chargeId ? view.entries.get(earlier.chargeId) : null;
  const hold = charge?.kind === 'hold' ? charge : null;
  const replayed = earlier.commandId !== command.commandId;
  return { wallet: view.wallet, created: [], updated: null, result: { entry: earlier, hold, replayed } };
}

function decideCharge(view: LedgerView, command: ChargeCommand): Decision<ChargeCommand> {
  if (view.wallet.closedAt) throw walletClosed();
  const price = assertNonNegative(command.amountCredits, 'price');
  const posting = new Posting(view.wallet, command);
  posting.lapse();
  // A free operation runs at any balance, even below zero.
  if (price > 0 && posting.wallet.availableCredits < price) throw new InsufficientCredits(price, posting.wallet);
  const { hold } = command;
  const keySpend = spendOfCharge(posting.wallet, command, price);
  const common = {
    ...posting.common({
      id: command.entryId,
      lotChanges: burnLots(posting.wallet.lots, price),
      heldDeltaCredits: hold ? price : 0,
      consumedCredits: hold ? 0 : price,
      description: command.description,
    }),
    operation: command.operation,
    ...(keySpend && { keySpend }),
  };
  const entry = hold
    ? posting.post({ ...common, ...held(command, price, hold.expiresAt) })
    : posting.post({ ...common, kind: 'charge', charge: postedCharge(command, price) });
  return posting.decision(entry, null);
}

function postedCharge({ quantity, metadata }: ChargeCommand, amountCredits: number): PostedCharge {
  return {
    quantity,
    amountCredits,
    metadata,
    firstHoldExpiresAt: null,
    status: 'captured',
    capturedCredits: amountCredits,
    holdExpiresAt: null,
    settledAt: null,
    settledBalanceCredits: null,
  };
}

function held({ quantity, metadata }: ChargeCommand, amountCredits: number, expiresAt: IsoTime) {
  const charge: HeldCharge = {
    quantity,
    amountCredits,
    metadata,
    firstHoldExpiresAt: expiresAt,
    status: 'held',
    capturedCredits: 0,
    holdExpiresAt: expiresAt,
    settledAt: null,
    settledBalanceCredits: null,
  };
  return { kind: 'hold', openHoldExpiresAt: expiresAt, charge } as const;
}

function decideCredit(view: LedgerView, command: CreditCommand): Decision<CreditCommand> {
  const amount = assertNonNegative(command.amountCredits, 'amountCredits');
  // A reinstatement is possible even then: it pays the debt that the revocation left.
  if (view.wallet.closedAt && command.type !== 'reinstatement') throw walletClosed();
  assertRoomFor(view.wallet, amount);
  const posting = new Posting(view.wallet, command);
  posting.lapse();
  const { source, expiresAt, description, orderId, returned = [] } = command;
  const own = assertNonNegative(amount - sumChanges(returned), 'what is not returned to lots');
  // The part that had become debt comes first, so that it pays the debt.
  const changes = [
    { source, priority: LOT_PRIORITY[source], expiresAt, deltaCredits: own },
    ...returned.filter((change) => !hasLapsed(change.expiresAt, command.now)),
  ];
  const entry = posting.post({
    ...posting.common({ id: command.entryId, ...posting.incoming(changes), description }),
    kind: command.type,
    ...(orderId && { orderId }),
  });
  return posting.decision(entry, null);
}

/** Takes the credits that are there; the rest becomes debt, which new credits pay first. */
function decideRevocation(view: LedgerView, command: RevokeCommand): Decision<RevokeCommand> {
  const amount = assertNonNegative(command.amountCredits, 'amountCredits');
  assertRoomFor(view.wallet, amount);
  const posting = new Posting(view.wallet, command);
  posting.lapse();
  const lotChanges = takeBack(posting.wallet.lots, command.source, amount);
  const entry = posting.post({
    ...posting.common({
      id: command.entryId,
      lotChanges,
      debtDeltaCredits: amount + sumChanges(lotChanges),
      description: command.description,
    }),
    kind: 'revocation',
    ...(command.orderId && { orderId: command.orderId }),
  });
  return posting.decision(entry, null);
}

function decideAdjustment(view: LedgerView, command: AdjustCommand): Decision<AdjustCommand> {
  const amount = assertSafeInteger(command.amountCredits, 'amountCredits');
  if (view.wallet.closedAt) throw walletClosed();
  assertRoomFor(view.wallet, Math.max(0, amount));
  const posting = new Posting(view.wallet, command);
  posting.lapse();
  if (amount < 0 && posting.wallet.availableCredits < -amount) throw new InsufficientCredits(-amount, posting.wallet);
  const given = { source: 'grant', priority: LOT_PRIORITY.grant, expiresAt: null, deltaCredits: amount } as const;
  const entry = posting.post({
    ...posting.common({
      id: command.entryId,
      ...(amount < 0 ? { lotChanges: burnLots(posting.wallet.lots, -amount) } : posting.incoming([given])),
      description: command.description,
    }),
    kind: 'adjustment',
  });
  return posting.decision(entry, null);
}

/**
 * Refuses credits that would make the wallet's turnover unsafe. Every figure and sum of a wallet is at most its
 * turnover, so all of them stay exact.
 */
function assertRoomFor(wallet: Wallet, amountCredits: number): void {
  if (turnoverCredits(wallet) > Number.MAX_SAFE_INTEGER - amountCredits) throw walletFull();
}

function decideExpiry(view: LedgerView, command: ExpireLotsCommand): Decision<ExpireLotsCommand> {
  const posting = new Posting(view.wallet, command);
  const entry = posting.lapse(command.entryId);
  if (!entry) throw nothingHasLapsed();
  return posting.decision(entry, null);
}

/** Closes a wallet, once; its remaining credits lapse. */
function decideClosure(view: LedgerView, command: CloseCommand): Decision<CloseCommand> {
  if (view.wallet.closedAt) throw walletClosed();
  const posting = new Posting(view.wallet, command);
  posting.lapse();
  const { lots, availableCredits, debtCredits } = posting.wallet;
  const left = availableCredits + debtCredits;
  const entry = posting.post({
    ...posting.common({
      id: command.entryId,
      lotChanges: burnLots(lots, left),
      expiredCredits: left,
      description: 'Wallet closed',
    }),
    kind: 'closure',
  });
  return posting.decision(entry, null);
}

function decideSettlement(view: LedgerView, command: SettleCommand): Decision<SettleCommand> {
  const hold = view.entries.get(command.chargeId);
  // An API key settles only its own charges; other charges look to it as if they didn't exist.
  if (!hold?.charge || (command.apiKeyId && hold.apiKeyId !== command.apiKeyId)) throw chargeNotFound();
  if (!isOpenHold(hold)) throw chargeNotHeld(hold.charge.status);
  const lapsed = hasLapsed(hold.charge.holdExpiresAt, command.now);
  if (command.type === 'expireHold') {
    if (!lapsed) throw chargeNotHeld('held');
  } else if (lapsed) {
    throw chargeNotHeld('expired');
  }
  if (command.type !== 'expireHold' && hold.deliveryId !== command.deliveryId) throw chargeOfDelivery();
  switch (command.type) {
    case 'capture':
      return decideCapture(view, hold, command);
    case 'extend':
      return decideExtension(view, hold, command);
    default:
      return decideRelease(view, hold, command);
  }
}

function decideCapture(view: LedgerView, hold: OpenHoldEntry, command: CaptureCommand): Decision<CaptureCommand> {
  const { charge } = hold;
  const captured = assertNonNegative(command.amountCredits ?? charge.amountCredits, 'captured amount');
  const posting = new Posting(view.wallet, command);
  posting.lapse();
  const excess = Math.max(0, captured - charge.amountCredits);
  if (excess > 0 && excess > posting.wallet.availableCredits) throw new InsufficientCredits(excess, posting.wallet);
  const returned = giveBack(hold.lotChanges, charge.amountCredits - captured + excess);
  const entry = posting.post({
    ...posting.common({
      id: command.entryId,
      ...posting.returning(returned),
      ...(excess > 0 && { lotChanges: burnLots(posting.wallet.lots, excess) }),
      heldDeltaCredits: 0 - charge.amountCredits,
      consumedCredits: captured,
      description: hold.description,
    }),
    kind: 'capture',
    ...settlementOf(posting.wallet, hold, command, captured),
  });
  return posting.decision(entry, settled(hold, entry, 'captured', captured));
}

function decideRelease(view: LedgerView, hold: OpenHoldEntry, command: ReleaseCommand): Decision<ReleaseCommand> {
  const { charge } = hold;
  const posting = new Posting(view.wallet, command);
  posting.lapse();
  const entry = posting.post({
    ...posting.common({
      id: command.entryId,
      ...posting.returning(giveBack(hold.lotChanges, charge.amountCredits)),
      heldDeltaCredits: 0 - charge.amountCredits,
      description: hold.description,
    }),
    kind: command.type === 'release' ? 'release' : 'hold_expiry',
    ...settlementOf(posting.wallet, hold, command, 0),
  });
  return posting.decision(entry, settled(hold, entry, command.type === 'release' ? 'released' : 'expired', 0));
}

function decideExtension(view: LedgerView, hold: OpenHoldEntry, command: ExtendCommand): Decision<ExtendCommand> {
  const { charge, operation } = hold;
  const posting = new Posting(view.wallet, command);
  const holdExpiresAt = laterOf(command.expiresAt, charge.holdExpiresAt);
  const entry = posting.post({
    ...posting.common({ id: command.entryId, description: hold.description }),
    kind: 'hold_extension',
    chargeId: hold.id,
    extendedHoldExpiresAt: holdExpiresAt,
    operation,
  });
  return posting.decision(entry, { ...hold, openHoldExpiresAt: holdExpiresAt, charge: { ...charge, holdExpiresAt } });
}

/**
 * Returns the fields of a settlement that come from its hold: the charge, its operation, the key and integration whose
 * usage it is, and the change of the key's spending.
 */
function settlementOf(wallet: Wallet, hold: OpenHoldEntry, command: SettleCommand, capturedCredits: number) {
  const { id, operation, apiKeyId, integrationId } = hold;
  const keySpend = spendOfSettlement(wallet, hold, command, capturedCredits);
  return {
    chargeId: id,
    operation,
    ...(integrationId && { integrationId }),
    ...(apiKeyId && apiKeyId !== command.apiKeyId && { chargeKeyId: apiKeyId }),
    ...(keySpend && { keySpend }),
  };
}

function settled(
  { openHoldExpiresAt: _closed, ...hold }: OpenHoldEntry,
  settlement: SettlementEntry,
  status: SettledHoldEntry['charge']['status'],
  capturedCredits: number,
): SettledHoldEntry {
  const { createdAt: settledAt, balanceAfterCredits: settledBalanceCredits } = settlement;
  return { ...hold, charge: { ...hold.charge, status, capturedCredits, settledAt, settledBalanceCredits } };
}

/** The fields that a decision sets, of the fields that entries of every kind have. */
type CommonDraft = Pick<Entry, 'id' | 'description'> &
  Partial<Pick<Entry, 'lotChanges' | 'heldDeltaCredits' | 'debtDeltaCredits' | 'consumedCredits' | 'expiredCredits'>>;

/** Collects the entries of one command, and applies each to the wallet as it is created. */
class Posting {
  wallet: Wallet;
  readonly #command: WalletCommand;
  readonly #created: Entry[] = [];

  constructor(wallet: Wallet, command: WalletCommand) {
    this.wallet = wallet;
    this.#command = command;
  }

  /** Returns the fields of the next entry that don't depend on its kind. */
  common(draft: CommonDraft): EntryBase {
    const { wallet } = this;
    const { lotChanges = [], debtDeltaCredits = 0 } = draft;
    const amountCredits = sumChanges(lotChanges) - debtDeltaCredits;
    const { commandId, requestHash, now, apiKeyId, integrationId, deliveryId } = this.#command;
    return {
      heldDeltaCredits: 0,
      consumedCredits: 0,
      expiredCredits: 0,
      commandId,
      requestHash,
      ...(apiKeyId && { apiKeyId }),
      ...(deliveryId && { deliveryId }),
      ...(integrationId && { integrationId }),
      ...draft,
      lotChanges,
      debtDeltaCredits,
      accountId: wallet.accountId,
      walletId: wallet.id,
      sequence: wallet.sequence + 1,
      amountCredits,
      balanceAfterCredits: wallet.availableCredits + amountCredits,
      createdAt: now,
    };
  }

  post<E extends Entry>(entry: E): E {
    this.wallet = applyEntry(this.wallet, entry);
    this.#created.push(entry);
    return entry;
  }

  /** Posts the expiry of lapsed lots, so that a lapsed lot never pays. */
  lapse(id = `exp_${this.wallet.sequence + 1}`): ExpiryEntry | null {
    const lotChanges = lapseLots(this.wallet.lots, this.#command.now);
    if (lotChanges.length === 0) return null;
    const expiredCredits = -sumChanges(lotChanges);
    const common = this.common({ id, lotChanges, expiredCredits, description: 'Credits expired' });
    return this.post({ ...common, kind: 'expiry' });
  }

  /** Splits new credits: they pay debt first, and the rest goes into lots. */
  incoming(changes: readonly LotChange[]): { lotChanges: LotChange[]; debtDeltaCredits: number } {
    let debt = this.wallet.debtCredits;
    const lotChanges = changes.map((change) => {
      const paid = Math.min(debt, change.deltaCredits);
      debt -= paid;
      return { ...change, deltaCredits: change.deltaCredits - paid };
    });
    const added = lotChanges.filter((change) => change.deltaCredits > 0);
    const room = makeRoom(applyLotChanges(this.wallet.lots, added, this.#command.now));
    return { lotChanges: [...added, ...room], debtDeltaCredits: debt - this.wallet.debtCredits };
  }

  /**
   * Splits credits that return from a hold: credits that lapsed meanwhile expire, the rest is treated like new credits.
   */
  returning(changes: readonly LotChange[]): {
    lotChanges: LotChange[];
    debtDeltaCredits: number;
    expiredCredits: number;
  } {
    // In a closed wallet all returned credits expire.
    const isOver = (change: LotChange) =>
      this.wallet.closedAt !== undefined || hasLapsed(change.expiresAt, this.#command.now);
    const lapsed = changes.filter(isOver);
    const live = changes.filter((change) => !isOver(change));
    return { ...this.incoming(live), expiredCredits: sumChanges(lapsed) };
  }

  decision<E extends Entry, H extends HoldEntry | null>(entry: E, updated: H) {
    return { wallet: this.wallet, created: this.#created, updated, result: { entry, hold: updated, replayed: false } };
  }
}
