import { addSeconds, sweep } from '@cloud-bridge/base';
import { dispatchEvent } from './dispatchEvent.ts';
import type { WebhooksNeeds } from './needs.ts';

/** The sweep leaves out events younger than this: their trigger is probably still working on them. */
const GRACE_SECONDS = 60;

/** Dispatches the events that a crash or a lost trigger left undispatched. Returns how many. */
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
