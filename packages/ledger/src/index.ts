export { AppError, type Clock, type IsoTime, type Logger, runUnitOfWork, type UnitOfWork } from '@cloud-bridge/base';
export type { AlertLevel } from './alertLevel.ts';
export { AuditStore } from './audit/audit.store.ts';
export { auditWallets } from './audit/auditWallets.ts';
export type { BalanceObserver } from './balanceObserver.ts';
export type {
  AdjustCommand,
  ChargeCommand,
  CommandResult,
  CreditCommand,
  RevokeCommand,
  SettleCommand,
  WalletCommand,
} from './commands.ts';
export { type Counters, countersOf, sumOf, type UsageDimension } from './counters.ts';
export { decide } from './decide.ts';
export {
  CHARGE_STATUSES,
  type ChargeEntry,
  type ChargeRecord,
  type ChargeStatus,
  type CreditEntry,
  ENTRY_KINDS,
  type Entry,
  type EntryKind,
  type HoldEntry,
} from './entry.ts';
export { expireLapsedLots } from './expireLapsedLots.ts';
export { hasEffect } from './hasEffect.ts';
export { expireHold, expireLapsedHoldsEverywhere, readCurrentWallet, submitWithLapsedHolds } from './holds.ts';
export type {
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
export type { KeyCaps, KeyUse } from './keySpend.ts';
export { countedKeys, isWithinCaps, MAX_CAPPED_KEYS, useOf, windowEnd } from './keySpending.ts';
export {
  chargeNotHeld,
  InsufficientCredits,
  LEDGER_ERROR_CODES,
  type LedgerErrorCode,
  tooManyCappedKeys,
} from './ledger.errors.ts';
export type { EntryQuery } from './ledger.store.ts';
export { Ledger } from './ledger.ts';
export { giveBack, type Lot, type LotChange, type LotSource, leftOfTaken, mergeTaken } from './lots.ts';
export type { LedgerNeeds } from './needs.ts';
export { type OpenWalletOptions, openWallet } from './openWallet.ts';
export type { AlsoCreated, LedgerCollections, LedgerOptions } from './options.ts';
export {
  addTotals,
  applyEntry,
  emptyWallet,
  isBalanced,
  MAIN_WALLET_ID,
  NO_TOTALS,
  spendableCredits,
  TEST_WALLET_ID,
  type Wallet,
  type WalletAddress,
  walletKey,
} from './wallet.ts';
