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

/** What every command carries. Ids and the time are fixed before the first try, because deciding may be repeated. */
interface CommandBase {
  /** Id of the entry that it makes, derived from the caller's idempotency key where there is one. */
  readonly entryId: string;
  /** New for every call: an entry with the same id but another command id is a replay. */
  readonly commandId: string;
  readonly requestHash: string;
  readonly now: IsoTime;
  readonly apiKeyId?: string | undefined;
  /** What that key may spend; none: it has no caps. */
  readonly keyCaps?: KeyCaps | undefined;
  /** The delivery that it is part of. Its hold is settled by nobody else. */
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

/** Ends a hold by spending `amountCredits` of it (all of it when null) and giving back the rest. */
export interface CaptureCommand extends CommandBase {
  readonly type: 'capture';
  readonly chargeId: string;
  readonly amountCredits: number | null;
}

/** Ends a hold by giving everything back: on request, or because its deadline has come. */
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

/** Brings credits in, or gives back what a revocation took. */
export interface CreditCommand extends CommandBase {
  readonly type: 'purchase' | 'grant' | 'reinstatement';
  readonly amountCredits: number;
  /**
   * Of a reinstatement: the part of the amount that goes back to the lots that it was taken from. As when a hold is
   * released, what would have lapsed meanwhile stays gone. The rest goes to `source`.
   */
  readonly returned?: readonly LotChange[];
  readonly source: LotSource;
  readonly expiresAt: IsoTime | null;
  readonly description: string;
  readonly orderId?: string;
}

/** Takes credits back because a payment was refunded or disputed; what isn't there any more becomes debt. */
export interface RevokeCommand extends CommandBase {
  readonly type: 'revocation';
  readonly amountCredits: number;
  /** Whose credits are taken first. */
  readonly source: LotSource;
  readonly description: string;
  readonly orderId?: string;
}

/** An operator's correction: positive gives credits, negative takes credits that are there. */
export interface AdjustCommand extends CommandBase {
  readonly type: 'adjustment';
  readonly amountCredits: number;
  readonly description: string;
}

/** Posts the end of lots whose time has come. */
export interface ExpireLotsCommand extends CommandBase {
  readonly type: 'expireLots';
}

/** Ends a wallet: what is left in it lapses, and it takes neither charges nor credits any more. */
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
 * The entry that a command of each type makes. Capture and release may share an id, as those of a delivery do: then
 * whoever comes second gets the settlement that the first one made.
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

/** What a command came to; a replay gives what the first call was given. */
export interface CommandResult<C extends WalletCommand = WalletCommand> {
  readonly entry: EntryOf<C>;
  /** The hold that the entry settled or extended, as that left it. */
  readonly hold: C extends SettleCommand ? HoldEntry : null;
  readonly replayed: boolean;
}

/**
 * The result of a command, with the type that follows from the command. TypeScript can't follow this through
 * `decide`, and of a replay nothing but the request's fingerprint says it: an earlier entry is given only to the
 * request that made it, and a request always makes the same command.
 */
export function resultOf<C extends WalletCommand>(_command: C, result: CommandResult): CommandResult<C> {
  return result as CommandResult<C>;
}

/**
 * Throws RangeError for a command with an amount that no wallet could take: such a mistake of the caller's has to be
 * known before it waits with others.
 */
export function assertAmount(command: WalletCommand): void {
  if (!('amountCredits' in command) || command.amountCredits === null) return;
  if (command.type === 'adjustment') assertSafeInteger(command.amountCredits, 'amountCredits');
  else assertNonNegative(command.amountCredits, 'amountCredits');
}

/** An entry without what its caller may say at length. */
const ENTRY_BYTES = 1_500;
/** The most that UTF-8 takes for one unit of a string. */
const BYTES_PER_UNIT = 3;

/** At most how many bytes a commit grows by with a command. */
export function estimateBytes(command: WalletCommand | undefined): number {
  if (command?.type !== 'charge') return ENTRY_BYTES;
  let units = command.description.length;
  for (const [name, value] of Object.entries(command.metadata)) units += name.length + value.length;
  return ENTRY_BYTES + units * BYTES_PER_UNIT;
}

/** Ids of the entries that a command has to see before it can be decided; its own may be assumed to be new. */
export function entriesToRead(command: WalletCommand): readonly string[] {
  return 'chargeId' in command ? [command.entryId, command.chargeId] : [command.entryId];
}

/** True for commands that are decided on the wallet alone, so that nothing need be read when the wallet is known. */
export function decidesOnWalletAlone(command: WalletCommand): boolean {
  return !('chargeId' in command);
}
