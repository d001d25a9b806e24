import type { IsoTime } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';

/** The outcome of an event: `handled` if it changed something, `ignored` if there was nothing to change. */
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

/** The fields that identify an event before its outcome is known. */
export type EventMarker = Pick<IncomingEvent, 'provider' | 'eventId' | 'type'>;

/** The result of handling an event, for the response and the log. */
export interface HandledEvent {
  readonly duplicate: boolean;
  readonly orderId: string | null;
}

/**
 * An event that could not be handled. In contrast to a marker, the record doesn't stop the event from being handled
 * later.
 */
export interface FailedEvent extends EventMarker {
  readonly outcome: 'failed';
  /** When the last attempt was made. */
  readonly handledAt: IsoTime;
  readonly failedSince: IsoTime;
  /** Why the last attempt failed, in this project's terms. */
  readonly error: { readonly code: string; readonly message: string };
  /** The ids that the handler needs to fetch the event's subject; nothing else of the event's content. */
  readonly subject: Readonly<Record<string, string | null>>;
}

/** The position of a failure in the list, for paging. */
export type FailedPosition = Pick<FailedEvent, 'provider' | 'eventId' | 'handledAt'>;
