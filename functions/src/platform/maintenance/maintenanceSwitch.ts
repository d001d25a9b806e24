import { type IsoTime, type Logger, within } from '@cloud-bridge/base';
import { KEPT_WITHOUT_ANSWER_SECONDS, OFF, ON_SINCE_EVER, refusesEveryWrite, type SwitchState } from './maintenance.ts';

/** From this age on an answer is asked for anew, while requests still go by the old one. */
const ASK_AGAIN_MS = 5_000;
/** From this age on requests wait for the new answer. */
const BELIEVED_MS = 10_000;
/** A question without an answer for so long has failed. */
const ANSWER_MS = 5_000;
/** The pause after a question that has failed. */
const PAUSE_MS = 1_000;

/** Whether maintenance is going on. */
export interface Maintenance {
  /** True while nothing new may begin that writes. */
  isOn(): Promise<boolean>;
  /** True when not even what began before may write. */
  refusesEveryWrite(now: IsoTime): Promise<boolean>;
}

export const NO_MAINTENANCE: Maintenance = { isOn: async () => false, refusesEveryWrite: async () => false };

/** A switch that only a deployment moves. */
export function fixedSwitch(isOn: boolean): { read(): Promise<SwitchState> } {
  return { read: async () => (isOn ? ON_SINCE_EVER : OFF) };
}

/**
 * The switch as it was at most ten seconds ago. A process that has requests asks in the background, so that no request
 * waits; the first request of a process waits, and the first one after a pause. While the switch can't be read the
 * last answer holds for a minute, so that one slow read stops nobody; after that, maintenance counts as on.
 */
export class MaintenanceSwitch implements Maintenance {
  readonly #source: { read(): Promise<SwitchState> };
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  #answer: { readonly state: SwitchState; readonly askedAtMs: number } | null = null;
  #asking: Promise<void> | null = null;
  #failedAtMs: number | null = null;

  constructor(source: { read(): Promise<SwitchState> }, logger: Logger, nowMs = () => performance.now()) {
    this.#source = source;
    this.#logger = logger;
    this.#nowMs = nowMs;
  }

  async isOn(): Promise<boolean> {
    return (await this.#state()).isOn;
  }

  async refusesEveryWrite(now: IsoTime): Promise<boolean> {
    return refusesEveryWrite(await this.#state(), now);
  }

  async #state(): Promise<SwitchState> {
    const ageMs = this.#ageMs();
    if (ageMs >= ASK_AGAIN_MS) {
      const asking = this.#ask();
      if (this.#answer === null || (ageMs >= BELIEVED_MS && this.#failedAtMs === null)) await asking;
    }
    if (this.#answer === null || this.#ageMs() >= KEPT_WITHOUT_ANSWER_SECONDS * 1000) return ON_SINCE_EVER;
    return this.#answer.state;
  }

  #ageMs(): number {
    return this.#answer === null ? Number.POSITIVE_INFINITY : this.#nowMs() - this.#answer.askedAtMs;
  }

  /** Asks unless that is under way, or has just failed. Never rejects. */
  async #ask(): Promise<void> {
    if (this.#failedAtMs !== null && this.#nowMs() - this.#failedAtMs < PAUSE_MS) return;
    this.#asking ??= this.#read().finally(() => {
      this.#asking = null;
    });
    await this.#asking;
  }

  async #read(): Promise<void> {
    const askedAtMs = this.#nowMs();
    try {
      this.#answer = { state: await within(ANSWER_MS, () => this.#source.read()), askedAtMs };
      this.#failedAtMs = null;
    } catch (error) {
      this.#failedAtMs = this.#nowMs();
      this.#logger.error('the maintenance switch could not be read', { cause: String(error) });
    }
  }
}
