import type { TimePosition } from '@cloud-bridge/base';

/** Where a section of an export goes on. */
export type SectionPosition =
  | TimePosition
  | { readonly afterId: string }
  | { readonly walletId: string; readonly beforeSequence?: number | undefined };

/** A part of a section of an export, and where in the section to go on; null at its end. */
export interface SectionPart {
  readonly records: readonly object[];
  readonly after: SectionPosition | null;
}

type ReadSection = (accountId: string, limit: number, after: SectionPosition | undefined) => Promise<SectionPart>;

interface Owner {
  readonly id: string;
}

/** Erases a page after a position of its own; gives the position to go on after, null when nothing is left. */
export type ErasePage<Account extends Owner = Owner> = (
  account: Account,
  after: string | null,
) => Promise<string | null>;

/**
 * What a room keeps of an account: each room with data of an account has a keeper, and `main/keepers.ts` lists them.
 * The rooms above `access/accounts` use the narrower type `AccountKeeper`, which knows all names.
 */
export interface Keeper<
  Account extends Owner = Owner,
  SectionName extends string = string,
  ErasureStep extends string = string,
  Blocker = { readonly kind: string },
> {
  /** What could still take the owner's money, or is being paid for: the account can't be deleted meanwhile. */
  readonly blockers?: (accountId: string) => Promise<readonly Blocker[]>;
  /** Sections of the export by name. No section has secrets. */
  readonly sections?: Partial<Readonly<Record<SectionName, ReadSection>>>;
  /** Steps of the erasure by name; each may be repeated. */
  readonly erasures?: Partial<Readonly<Record<ErasureStep, ErasePage<Account>>>>;
  /** The last step of a deletion, once nothing is open any more; may be repeated. */
  readonly close?: (accountId: string) => Promise<void>;
  /** Credits that a deletion would forfeit. */
  readonly spendableCredits?: (accountId: string) => Promise<number>;
}
