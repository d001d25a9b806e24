import { addSeconds, sweep } from '@cloud-bridge/base';
import { dispatchEvent } from './dispatchEvent.ts';
import type { WebhooksNeeds } from './needs.ts';

/** What is younger, the trigger is probably at work on. */
const GRACE_SECONDS = 60;

/** Dispatches the events that a crash or a lost trigger left; says how many. */
export function sweepEvents(deps: WebhooksNeeds): Promise<number> {
  const before = addSeconds(deps.clock(), -GRACE_SECONDS);
  return sweep(
    deps.logger,
    (limit, offset) => deps.accountEvents.listUndispatched(before, limit, offset),
    async ({ id }) => {
      await dispatchEvent(deps, id);
      return true;
    },
    ({ id }) => id,
  );
}
