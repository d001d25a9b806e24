import type { IsoDay } from '@cloud-bridge/base';

/** The periods of caps: the day and the calendar month in UTC. */
export const CAP_WINDOWS = ['day', 'month'] as const;

export type CapWindow = (typeof CAP_WINDOWS)[number];

/**
 * The most credits that an API key may spend per window, and the percentage at which its account is alerted. Null: no
 * cap, or no alert.
 */
export interface KeyCaps {
  readonly creditsPerDay: number | null;
  readonly creditsPerMonth: number | null;
  readonly alertPercent: number | null;
}

/**
 * Credits that a key with caps has spent or holds in the present day and month. Windows without a cap aren't counted.
 */
export interface KeyUse {
  readonly dayCredits: number;
  readonly monthCredits: number;
  /** The day cap that the account was already alerted about. */
  readonly toldDayCap?: number;
  readonly toldMonthCap?: number;
}

/** The spending of keys with caps in a wallet. Keys that have spent nothing are left out. */
export interface KeySpending {
  /** The day that is counted, and with it the month. */
  readonly day: IsoDay;
  readonly keys: Readonly<Record<string, KeyUse>>;
}

/** A cap that is nearly used up. */
export interface NearCap {
  readonly window: CapWindow;
  readonly limitCredits: number;
  readonly usedCredits: number;
}

/**
 * The change that one entry makes to a key's spending; negative if a hold gives credits back, 0 in a window without a
 * cap.
 */
export interface KeySpend {
  readonly keyId: string;
  readonly dayCredits: number;
  readonly monthCredits: number;
  /** The caps that this entry brings near their end, for the first time in the window. */
  readonly nearCaps?: readonly NearCap[];
}
