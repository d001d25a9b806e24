/** What happens to a call instead of, or after, its work. */
export type FaultEffect = { kind: 'status'; status: number } | { kind: 'hang' } | { kind: 'reset' };

/** Calls that are made to fail. */
export interface ApiFault {
  /** Any method when absent. */
  method?: string;
  /** As requested; `*` stands for anything, for example `/v1/refunds/*`. */
  path: string;
  effect: FaultEffect;
  /** Whether the call still does its work, so that only the answer is lost. */
  afterEffect: boolean;
  /** How many more calls it hits. */
  timesLeft: number;
}

/** The faults that are waiting for calls. */
export class ApiFaults {
  #faults: ApiFault[] = [];

  add(fault: ApiFault): void {
    this.#faults.push(fault);
  }

  list(): readonly ApiFault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }

  /** Finds the fault that hits a call, if any, and counts it down. */
  take(method: string, path: string): ApiFault | undefined {
    const fault = this.#faults.find((candidate) => matches(candidate, method, path));
    if (!fault) return undefined;
    fault.timesLeft -= 1;
    this.#faults = this.#faults.filter(({ timesLeft }) => timesLeft > 0);
    return fault;
  }
}

function matches(fault: ApiFault, method: string, path: string): boolean {
  if (fault.method && fault.method.toUpperCase() !== method) return false;
  const pattern = fault.path
    .split('*')
    .map((literal) => literal.replace(/[^\w/]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(path);
}
