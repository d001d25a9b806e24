interface Fault {
  /** HTTP method of the requests that fail; null for any method. */
  readonly method: string | null;
  /** Beginning of the path of the requests that fail. */
  readonly path: string;
  readonly status: number;
  /** Whether the request still takes effect, so that only its answer is an error. */
  readonly afterEffect: boolean;
  timesLeft: number;
}

/** The faults that tests have ordered: requests to the API that fail on purpose. */
export class Faults {
  #faults: Fault[] = [];

  /** Adds a fault, or removes all of them with `clear: true`; returns the faults that are then in force. */
  change(change: Record<string, unknown>): readonly Fault[] {
    const { clear, method, path = '/', status = 500, times = 1, afterEffect } = change;
    if (clear === true) this.#faults = [];
    else {
      const fault = { path: String(path), status: Number(status), timesLeft: Number(times) };
      const isLost = afterEffect === true;
      this.#faults.push({ ...fault, afterEffect: isLost, method: typeof method === 'string' ? method : null });
    }
    return this.#faults;
  }

  /** Uses up one turn of the fault that applies to a request, and returns the fault; null if no fault applies. */
  take(method: string, path: string): Pick<Fault, 'status' | 'afterEffect'> | null {
    const fault = this.#faults.find(
      (candidate) =>
        candidate.timesLeft > 0 &&
        path.startsWith(candidate.path) &&
        (candidate.method === null || candidate.method === method),
    );
    if (!fault) return null;
    fault.timesLeft -= 1;
    return fault;
  }
}
