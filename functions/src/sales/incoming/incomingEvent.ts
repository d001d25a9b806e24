import type { IsoTime } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';

/** What came of an event: it changed something, or there was nothing here to change. */
export type EventOutcome = 'handled' | 'ignored';

/** The marker of an event that has had its effect; written in the same commit as the effect. */
export interface IncomingEvent {
  readonly provider: ProviderName;
  readonly eventId: string;
  readonly type: string;
  readonly outcome: EventOutcome;
  readonly orderId: string | null;
  readonly handledAt: IsoTime;
}

/** What names an event before anything has come of it. */
export type EventMarker = Pick<IncomingEvent, 'provider' | 'eventId' | 'type'>;

/** What was done with an event, for the answer and the log. */
export interface HandledEvent {
  readonly duplicate: boolean;
  readonly orderId: string | null;
}

/** An event that could not be handled. It is no marker: the event is handled as soon as it can be. */
export interface FailedEvent extends EventMarker {
  readonly outcome: 'failed';
  /** When it was tried last. */
  readonly handledAt: IsoTime;
  readonly failedSince: IsoTime;
  /** Why, in this project's words. */
  readonly error: { readonly code: string; readonly message: string };
  /** What its handler needs: which thing of the provider's it is about, and nothing that it says of it. */
  readonly subject: Readonly<Record<string, string | null>>;
}

/** A place among the failures. */
export type FailedPosition = Pick<FailedEvent, 'provider' | 'eventId' | 'handledAt'>;
