import { type IsoTime, type Logger, within } from '@cloud-bridge/base';
import { KEPT_WITHOUT_ANSWER_SECONDS, OFF, ON_SINCE_EVER, refusesEveryWrite, type SwitchState } from './maintenance.ts';

/** Age in milliseconds at which the state is read again in the background; requests still use the old state. */
const ASK_AGAIN_MS = 5_000;
/** Age in milliseconds at which requests wait for the new state. */
const BELIEVED_MS = 10_000;
/** Milliseconds after which a read without an answer has failed. */
const ANSWER_MS = 5_000;
/** Milliseconds between a failed read and the next read. */
const PAUSE_MS = 1_000;

/** Tells whether maintenance is on. */
export interface Maintenance {
  /** True while no new work may write. */
  isOn(): Promise<boolean>;
  /** True if even earlier work may no longer write. */
  refusesEveryWrite(now: IsoTime): Promise<boolean>;
}

export const NO_MAINTENANCE: Maintenance = { isOn: async () => false, refusesEveryWrite: async () => false };

/** Returns the source of a switch that only a deployment moves. */
export function fixedSwitch(isOn: boolean): { read(): Promise<SwitchState> } {
  return { read: async () => (isOn ? ON_SINCE_EVER : OFF) };
}

/**
 * The maintenance switch; its state is at most ten seconds old. While requests arrive, a process reads the switch in
 * the background, so that no request waits, except the first request of a process and the first after a pause. If the
 * switch can't be read, the last state applies for a minute, so that one slow read stops nobody; then maintenance
 * counts as on.
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

  /** Reads the switch, or joins a read under way; does nothing just after a failed read. Never rejects. */
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
