import { addSeconds, sweep } from '@cloud-bridge/base';
import type { Deps } from '../../main/compose.ts';
import { dispatchEvent } from './dispatchEvent.ts';

/** What is younger, the trigger is probably at work on. */
const GRACE_SECONDS = 60;

/** Dispatches the events that a crash or a lost trigger left; says how many. */
export function sweepEvents(deps: Deps): Promise<number> {
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
