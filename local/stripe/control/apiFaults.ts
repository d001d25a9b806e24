/** Effect of a fault on a call: an error status, no answer at all (`hang`), or a cut connection (`reset`). */
export type FaultEffect = { kind: 'status'; status: number } | { kind: 'hang' } | { kind: 'reset' };

/** A fault, which makes some calls fail. */
export interface ApiFault {
  /** HTTP method of the calls that fail; any method when absent. */
  method?: string;
  /** Path of the calls that fail. `*` stands for any text, for example in `/v1/refunds/*`. */
  path: string;
  effect: FaultEffect;
  /** Whether the call still takes effect, so that only its answer is lost. */
  afterEffect: boolean;
  /** Number of further calls that fail. */
  timesLeft: number;
}

/** The faults that tests have ordered. */
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

  /** Returns the fault that applies to a call, and uses up one of its calls; undefined if no fault applies. */
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
