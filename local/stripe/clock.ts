/** The clock of the local account. It runs at normal speed, and can be moved forward but not back. */
export class Clock {
  #offsetMs = 0;
  #pinnedSeconds: number | undefined;
  readonly #realNowMs: () => number;

  /** @param realNowMs returns the Unix time in milliseconds; tests pass their own clock */
  constructor(realNowMs: () => number = Date.now) {
    this.#realNowMs = realNowMs;
  }

  /** Returns the Unix time in whole seconds, as Stripe's objects have it. */
  nowSeconds(): number {
    return this.#pinnedSeconds ?? Math.floor((this.#realNowMs() + this.#offsetMs) / 1000);
  }

  /** @param seconds how far the clock moves forward; not negative */
  advance(seconds: number): void {
    this.#offsetMs += seconds * 1000;
  }

  /** Runs a synchronous call during which the clock shows a fixed time. A nested call's own time wins. */
  pinned<T>(seconds: number, call: () => T): T {
    const outer = this.#pinnedSeconds;
    this.#pinnedSeconds = seconds;
    try {
      return call();
    } finally {
      this.#pinnedSeconds = outer;
    }
  }

  /** Sets the clock back to the real time. */
  reset(): void {
    this.#offsetMs = 0;
  }
}
