import type { IsoTime } from '@cloud-bridge/base';

/** Something that has to end before an account can be deleted. */
export type DeletionBlocker =
  | { readonly kind: 'subscription'; readonly id: string }
  | { readonly kind: 'order'; readonly id: string; readonly until: IsoTime | null }
  | { readonly kind: 'holds'; readonly walletId: string; readonly heldCredits: number }
  | { readonly kind: 'autoTopUp' };
