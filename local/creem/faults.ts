interface Fault {
  /** Any, unless given. */
  readonly method: string | null;
  /** The beginning of the path. */
  readonly path: string;
  readonly status: number;
  /** Whether what was asked for happens nevertheless, and only the answer is lost. */
  readonly afterEffect: boolean;
  timesLeft: number;
}

/** Requests to the API that fail on purpose. */
export class Faults {
  #faults: Fault[] = [];

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

  /** What goes wrong with a request; null for one that goes well. */
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
