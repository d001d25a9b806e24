import { addSeconds, hasLapsed, type IsoTime } from '@cloud-bridge/base';

/** The state of the maintenance switch. While maintenance is on, nothing may be written. */
export interface SwitchState {
  readonly isOn: boolean;
  /** Since when maintenance is on; null if it is off, or if the time isn't known. */
  readonly since: IsoTime | null;
}

export const OFF: SwitchState = { isOn: false, since: null };
/** The state of a missing or unreadable switch: on, because a stop costs less than a write into a restore. */
export const ON_SINCE_EVER: SwitchState = { isOn: true, since: null };

/** Seconds for which a process uses the last known state while the switch can't be read. */
export const KEPT_WITHOUT_ANSWER_SECONDS = 60;
/** The longest `timeoutSeconds` of a function. */
const LONGEST_RUN_SECONDS = 540;
/** Seconds after which all work has ended that began before its process noticed the switch. */
const WORK_ENDS_WITHIN_SECONDS = KEPT_WITHOUT_ANSWER_SECONDS + LONGEST_RUN_SECONDS;

/** Returns when all writes have ended; null if maintenance is off, or if its beginning isn't known. */
export function writesEndAt({ since }: SwitchState): IsoTime | null {
  return since === null ? null : addSeconds(since, WORK_ENDS_WITHIN_SECONDS);
}

/**
 * True if even work from before the maintenance may no longer write. Such work exists in a process that was suspended
 * after its answer and wakes up with the next request.
 */
export function refusesEveryWrite(state: SwitchState, now: IsoTime): boolean {
  return state.isOn && (state.since === null || hasLapsed(writesEndAt(state), now));
}
