import type { IsoTime } from '../../shared/time.ts';

/** Who sends events here. */
export const WEBHOOK_PROVIDERS = ['stripe', 'creem'] as const;
type WebhookProvider = (typeof WEBHOOK_PROVIDERS)[number];

/** What came of an event: it changed something, or there was nothing here to change. */
type EventOutcome = 'handled' | 'ignored';

/** The marker of an event that has had its effect; written in the same commit as the effect. */
export interface IncomingEvent {
  readonly provider: WebhookProvider;
  readonly eventId: string;
  readonly type: string;
  readonly outcome: EventOutcome;
  readonly orderId: string | null;
  readonly handledAt: IsoTime;
}

/** What names an event before anything has come of it. */
export type EventMarker = Pick<IncomingEvent, 'provider' | 'eventId' | 'type'>;
