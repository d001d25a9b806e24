import { addSeconds, hasLapsed, type IsoTime } from '@cloud-bridge/base';

/** What the switch says. While maintenance is on, nothing may be written. */
export interface SwitchState {
  readonly isOn: boolean;
  /** Since when maintenance is on; null when it is off, or when nobody knows. */
  readonly since: IsoTime | null;
}

export const OFF: SwitchState = { isOn: false, since: null };
/** A switch that isn't there, or that can't be read, counts as on: a stop costs less than a write into a restore. */
export const ON_SINCE_EVER: SwitchState = { isOn: true, since: null };

/** For how long a process goes by the last answer while the switch can't be read. */
export const KEPT_WITHOUT_ANSWER_SECONDS = 60;
/** The longest that a function runs: its `timeoutSeconds`. */
const LONGEST_RUN_SECONDS = 540;
/** What had begun before a process noticed the switch has ended after so long. */
const WORK_ENDS_WITHIN_SECONDS = KEPT_WITHOUT_ANSWER_SECONDS + LONGEST_RUN_SECONDS;

/** When the last write has been made; null when maintenance is off, or when nobody knows since when it is on. */
export function writesEndAt({ since }: SwitchState): IsoTime | null {
  return since === null ? null : addSeconds(since, WORK_ENDS_WITHIN_SECONDS);
}

/**
 * True when not even work that began before may write any more. Such work is a process that was put to sleep after its
 * answer, and wakes up with the next request.
 */
export function refusesEveryWrite(state: SwitchState, now: IsoTime): boolean {
  return state.isOn && (state.since === null || hasLapsed(writesEndAt(state), now));
}
