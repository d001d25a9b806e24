/** The local account's time. It runs as the real one does and can be moved forward, never back. */
export class Clock {
  #offsetMs = 0;
  #pinnedSeconds: number | undefined;
  readonly #realNowMs: () => number;

  /** @param realNowMs where the time comes from; tests pass their own */
  constructor(realNowMs: () => number = Date.now) {
    this.#realNowMs = realNowMs;
  }

  /** Unix time in whole seconds, as in Stripe's objects. */
  nowSeconds(): number {
    return this.#pinnedSeconds ?? Math.floor((this.#realNowMs() + this.#offsetMs) / 1000);
  }

  /** @param seconds not negative */
  advance(seconds: number): void {
    this.#offsetMs += seconds * 1000;
  }

  /** Runs a call, which is synchronous, as if it were another time; an inner pin wins. */
  pinned<T>(seconds: number, call: () => T): T {
    const outer = this.#pinnedSeconds;
    this.#pinnedSeconds = seconds;
    try {
      return call();
    } finally {
      this.#pinnedSeconds = outer;
    }
  }

  /** Back to the real time. */
  reset(): void {
    this.#offsetMs = 0;
  }
}
