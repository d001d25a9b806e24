interface Fault {
  /** Any, unless given. */
  readonly method: string | null;
  /** The beginning of the path. */
  readonly path: string;
  readonly status: number;
  timesLeft: number;
}

/** Requests to the API that fail on purpose, without an effect. */
export class Faults {
  #faults: Fault[] = [];

  change({ clear, method, path = '/', status = 500, times = 1 }: Record<string, unknown>): readonly Fault[] {
    if (clear === true) this.#faults = [];
    else {
      const fault = { path: String(path), status: Number(status), timesLeft: Number(times) };
      this.#faults.push({ ...fault, method: typeof method === 'string' ? method : null });
    }
    return this.#faults;
  }

  /** The status that a request is answered with; null for one that goes well. */
  take(method: string, path: string): number | null {
    const fault = this.#faults.find(
      (candidate) =>
        candidate.timesLeft > 0 &&
        path.startsWith(candidate.path) &&
        (candidate.method === null || candidate.method === method),
    );
    if (!fault) return null;
    fault.timesLeft -= 1;
    return fault.status;
  }
}
