import type { IsoDay } from '@cloud-bridge/base';

/** What a cap counts in: the day and the calendar month in UTC. */
export const CAP_WINDOWS = ['day', 'month'] as const;

export type CapWindow = (typeof CAP_WINDOWS)[number];

/** How many credits an API key may spend, and at what part of that its account is told; null: no cap, not told. */
export interface KeyCaps {
  readonly creditsPerDay: number | null;
  readonly creditsPerMonth: number | null;
  readonly alertPercent: number | null;
}

/** What a key with caps has spent or holds of the present day and month, in the windows that it has a cap for. */
export interface KeyUse {
  readonly dayCredits: number;
  readonly monthCredits: number;
  /** The cap of which the account was told that it is nearly used up. */
  readonly toldDayCap?: number;
  readonly toldMonthCap?: number;
}

/** What keys with caps have spent of a wallet. A key that has spent nothing isn't in it. */
export interface KeySpending {
  /** The day, and with it the month, that it counts. */
  readonly day: IsoDay;
  readonly keys: Readonly<Record<string, KeyUse>>;
}

/** A cap that is nearly used up. */
export interface NearCap {
  readonly window: CapWindow;
  readonly limitCredits: number;
  readonly usedCredits: number;
}

/** What one entry adds to the spending of a key; negative where a hold gives back. 0 in a window without a cap. */
export interface KeySpend {
  readonly keyId: string;
  readonly dayCredits: number;
  readonly monthCredits: number;
  /** The caps that it brings near their end, for the first time in their window. */
  readonly nearCaps?: readonly NearCap[];
}
