/** The ways in which a request can fail. */
export const FAULT_MODES = [
  'timeout',
  'timeoutAfterEffect',
  'crashAfterEffect',
  'down',
  '400',
  '429',
  '500',
  '500AfterEffect',
  'malformed',
  'malformedAfterEffect',
  'huge',
  'redirect',
  'pending',
] as const;
export type FaultMode = (typeof FAULT_MODES)[number];

/** The requests that fail: requests for a delivery, requests for the state of a delivery, or both. */
export const FAULT_TARGETS = ['deliver', 'find', 'any'] as const;
type FaultTarget = (typeof FAULT_TARGETS)[number];

/** A fault, which makes some requests fail. */
export interface Fault {
  readonly mode: FaultMode;
  readonly on: FaultTarget;
  /** Recipient whose deliveries fail; null for every recipient. */
  readonly recipient: string | null;
  /** Number of further requests that fail. */
  timesLeft: number;
}

/** The faults that tests have ordered. */
export class Faults {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }

  /** Returns the fault that applies to a request, and uses up one of its requests; null if no fault applies. */
  take(target: 'deliver' | 'find', recipient: string | null): FaultMode | null {
    const fault = this.#faults.find(
      ({ on, recipient: wanted }) => (on === target || on === 'any') && (wanted === null || wanted === recipient),
    );
    if (!fault) return null;
    fault.timesLeft -= 1;
    this.#faults = this.#faults.filter(({ timesLeft }) => timesLeft > 0);
    return fault.mode;
  }
}
