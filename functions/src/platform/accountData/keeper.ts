import type { TimePosition } from '@cloud-bridge/base';

/** The position at which a section of an export continues. */
export type SectionPosition =
  | TimePosition
  | { readonly afterId: string }
  | { readonly walletId: string; readonly beforeSequence?: number | undefined };

/** A part of a section of an export, and the position after which the section continues; null at its end. */
export interface SectionPart {
  readonly records: readonly object[];
  readonly after: SectionPosition | null;
}

type ReadSection = (accountId: string, limit: number, after: SectionPosition | undefined) => Promise<SectionPart>;

interface Owner {
  readonly id: string;
}

/** Erases a page after a position. Returns the position to continue after; null when nothing is left. */
export type ErasePage<Account extends Owner = Owner> = (
  account: Account,
  after: string | null,
) => Promise<string | null>;

/**
 * Exports and erases a room's data about an account. Each room with such data has a keeper, and `main/keepers.ts` lists
 * the keepers. Rooms above `access/accounts` use the narrower type `AccountKeeper`, which has all names.
 */
export interface Keeper<
  Account extends Owner = Owner,
  SectionName extends string = string,
  ErasureStep extends string = string,
  Blocker = { readonly kind: string },
> {
  /** Open business that could still cost the owner money or is being paid; it blocks the account's deletion. */
  readonly blockers?: (accountId: string) => Promise<readonly Blocker[]>;
  /** Sections of the export by name. No section contains secrets. */
  readonly sections?: Partial<Readonly<Record<SectionName, ReadSection>>>;
  /** Steps of the erasure by name. Repeating a step must be harmless. */
  readonly erasures?: Partial<Readonly<Record<ErasureStep, ErasePage<Account>>>>;
  /** The last step of a deletion, once nothing is open. Repeating the step must be harmless. */
  readonly close?: (accountId: string) => Promise<void>;
  /** Credits that a deletion would forfeit. */
  readonly spendableCredits?: (accountId: string) => Promise<number>;
}
