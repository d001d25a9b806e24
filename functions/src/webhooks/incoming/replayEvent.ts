import type { OperatorRequest } from '../../auditLog/auditLog.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../shared/appError.ts';
import { runUnitOfWork } from '../../shared/unitOfWork.ts';

/** What came of an event that was handled once more. */
export interface ReplayedEvent {
  readonly id: string;
  readonly type: string;
  readonly duplicate: boolean;
  readonly orderId: string | null;
}

/**
 * Fetches an event from Stripe, who keeps it for thirty days, and handles it as the webhook does. The record in the
 * audit log is written first: the event's own commit holds its effect and its marker, as ever.
 * Throws 404, 422 (Idempotency-Key used for something else), and what the handler throws.
 */
export async function replayEvent(deps: Deps, operator: OperatorRequest, eventId: string): Promise<ReplayedEvent> {
  // Loads Stripe's package, which no function should have to at its start.
  const [{ callStripe }, { handleStripeEvent }, { events }] = await Promise.all([
    import('../../payments/stripe/callStripe.ts'),
    import('../../payments/stripe/handleStripeEvent.ts'),
    deps.stripe(),
  ]);
  const event = await callStripe(
    () => events.retrieve(eventId),
    () => notFound('event'),
  );
  const { id, type } = event;
  const now = deps.clock();
  await runUnitOfWork(deps.db, async (unit) => {
    if (await deps.auditLog.findIn(unit, operator)) return;
    deps.auditLog.recordIn(unit, operator, { targetId: id, after: { type } }, now);
  });
  return { id, type, ...(await handleStripeEvent(deps, event)) };
}
