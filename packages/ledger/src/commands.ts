import { assertNonNegative, assertSafeInteger, type IsoTime } from '@cloud-bridge/base';
import type {
  AdjustmentEntry,
  ChargeEntry,
  ClosureEntry,
  CreditEntry,
  ExpiryEntry,
  ExtensionEntry,
  HoldEntry,
  RevocationEntry,
  SettlementEntry,
} from './entry.ts';
import type { KeyCaps } from './keySpend.ts';
import type { LotChange, LotSource } from './lots.ts';

/**
 * The fields of every command. Ids and the time are fixed before the first attempt, because deciding may be repeated.
 */
interface CommandBase {
  /** Id of the entry that the command creates, derived from the caller's idempotency key if there is one. */
  readonly entryId: string;
  /** New for every call: an earlier entry with the same id but another command id makes the call a replay. */
  readonly commandId: string;
  readonly requestHash: string;
  readonly now: IsoTime;
  readonly apiKeyId?: string | undefined;
  /** The key's caps; undefined if the key has none. */
  readonly keyCaps?: KeyCaps | undefined;
  /** The delivery that the command is part of. Only commands of the same delivery settle its hold. */
  readonly deliveryId?: string;
  readonly integrationId?: string | undefined;
}

/** Spends credits at once, or sets them aside until `hold.expiresAt`. */
export interface ChargeCommand extends CommandBase {
  readonly type: 'charge';
  readonly operation: string;
  readonly quantity: number;
  readonly amountCredits: number;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly hold: { readonly expiresAt: IsoTime } | null;
}

/** A charge that sets credits aside. */
interface HoldCommand extends ChargeCommand {
  readonly hold: { readonly expiresAt: IsoTime };
}

/** Ends a hold by spending `amountCredits` (null: the whole hold) and giving back the rest. */
export interface CaptureCommand extends CommandBase {
  readonly type: 'capture';
  readonly chargeId: string;
  readonly amountCredits: number | null;
}

/** Ends a hold by giving all its credits back, on request or at its deadline. */
export interface ReleaseCommand extends CommandBase {
  readonly type: 'release' | 'expireHold';
  readonly chargeId: string;
}

/** Moves the deadline of an open hold. */
export interface ExtendCommand extends CommandBase {
  readonly type: 'extend';
  readonly chargeId: string;
  readonly expiresAt: IsoTime;
}

/** Adds credits: new ones, or those that a revocation took. */
export interface CreditCommand extends CommandBase {
  readonly type: 'purchase' | 'grant' | 'reinstatement';
  readonly amountCredits: number;
  /**
   * For a reinstatement: the part of the amount that returns to the lots that it was taken from. As with a released
   * hold, credits that would have lapsed meanwhile stay gone. The rest goes to `source`.
   */
  readonly returned?: readonly LotChange[];
  readonly source: LotSource;
  readonly expiresAt: IsoTime | null;
  readonly description: string;
  readonly orderId?: string;
}

/** Takes credits back because a payment was refunded or disputed; credits that are already spent become debt. */
export interface RevokeCommand extends CommandBase {
  readonly type: 'revocation';
  readonly amountCredits: number;
  /** Credits from this source are taken first. */
  readonly source: LotSource;
  readonly description: string;
  readonly orderId?: string;
}

/** An operator's correction: a positive amount adds credits, a negative amount takes available credits. */
export interface AdjustCommand extends CommandBase {
  readonly type: 'adjustment';
  readonly amountCredits: number;
  readonly description: string;
}

/** Posts the expiry of lapsed lots. */
export interface ExpireLotsCommand extends CommandBase {
  readonly type: 'expireLots';
}

/** Closes a wallet: its remaining credits lapse, and it takes no more charges and no more credits. */
export interface CloseCommand extends CommandBase {
  readonly type: 'close';
}

export type SettleCommand = CaptureCommand | ReleaseCommand | ExtendCommand;
export type WalletCommand =
  | ChargeCommand
  | SettleCommand
  | CreditCommand
  | RevokeCommand
  | AdjustCommand
  | ExpireLotsCommand
  | CloseCommand;

/**
 * The entry that a command of each type creates. Capture and release may share an id, as those of a delivery do: the
 * second of them gets the settlement that the first created.
 */
interface EntryOfType {
  readonly charge: ChargeEntry | HoldEntry;
  readonly capture: SettlementEntry;
  readonly release: SettlementEntry;
  readonly expireHold: SettlementEntry;
  readonly extend: ExtensionEntry;
  readonly purchase: CreditEntry;
  readonly grant: CreditEntry;
  readonly reinstatement: CreditEntry;
  readonly revocation: RevocationEntry;
  readonly adjustment: AdjustmentEntry;
  readonly expireLots: ExpiryEntry;
  readonly close: ClosureEntry;
}

type EntryOf<C extends WalletCommand> = C extends HoldCommand ? HoldEntry : EntryOfType[C['type']];

/** The result of a command; a replay gets the first call's result. */
export interface CommandResult<C extends WalletCommand = WalletCommand> {
  readonly entry: EntryOf<C>;
  /** The hold after the entry settled or extended it. */
  readonly hold: C extends SettleCommand ? HoldEntry : null;
  readonly replayed: boolean;
}

/**
 * Gives a command's result the type that follows from the command. TypeScript can't infer this through `decide`. The
 * cast also holds for replays: an earlier entry is returned only to a request with the same fingerprint, and equal
 * requests make equal commands.
 */
export function resultOf<C extends WalletCommand>(_command: C, result: CommandResult): CommandResult<C> {
  return result as CommandResult<C>;
}

/**
 * Checks a command's amount before the command is queued with others, because an impossible amount is a bug of the
 * caller.
 * @throws RangeError for an amount that isn't a safe integer, or is negative where that isn't allowed
 */
export function assertAmount(command: WalletCommand): void {
  if (!('amountCredits' in command) || command.amountCredits === null) return;
  if (command.type === 'adjustment') assertSafeInteger(command.amountCredits, 'amountCredits');
  else assertNonNegative(command.amountCredits, 'amountCredits');
}

/** Bytes of an entry without the texts of its caller. */
const ENTRY_BYTES = 1_500;
/** Most bytes that UTF-8 needs for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** Returns an upper bound of the bytes that a command adds to a commit. */
export function estimateBytes(command: WalletCommand | undefined): number {
  if (command?.type !== 'charge') return ENTRY_BYTES;
  let units = command.description.length;
  for (const [name, value] of Object.entries(command.metadata)) units += name.length + value.length;
  return ENTRY_BYTES + units * BYTES_PER_UNIT;
}

/** Returns the ids of the entries to read before a command is decided; the first is the command's own. */
export function entriesToRead(command: WalletCommand): readonly string[] {
  return 'chargeId' in command ? [command.entryId, command.chargeId] : [command.entryId];
}

/** True for commands that need only the wallet, so that nothing is read while the wallet is remembered. */
export function decidesOnWalletAlone(command: WalletCommand): boolean {
  return !('chargeId' in command);
}
