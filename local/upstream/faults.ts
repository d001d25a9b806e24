/** How a request can be made to fail. */
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

/** Which requests fail: those that deliver, those that ask what became of a delivery, or both. */
export const FAULT_TARGETS = ['deliver', 'find', 'any'] as const;
type FaultTarget = (typeof FAULT_TARGETS)[number];

export interface Fault {
  readonly mode: FaultMode;
  readonly on: FaultTarget;
  /** Only the delivery for this recipient, or any when null. */
  readonly recipient: string | null;
  /** How many more requests it hits. */
  timesLeft: number;
}

/** The faults that wait for requests. */
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

  /** Finds the fault that hits a request, if any, and counts it down. */
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
