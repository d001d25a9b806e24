/** Own commits for which a process is wary after one loss; with each further one meanwhile it doubles and more. */
const WARY_COMMITS = 2;
const MAX_WARY_COMMITS = 16;
/** Commits in a row after which a process that meets nobody stands back once, in case others never get their turn. */
const STREAK = 32;
/** How much of what was seen before counts in an average. */
const MEMORY = 0.8;

/**
 * What a process has learned of others that write the same wallet, and how long it leaves the wallet to them. A writer
 * that has just committed is always a round trip ahead of those who lost, who have to read first; so without standing
 * back it would win for ever.
 */
export class Contention {
  #waryCommits = 0;
  #streak = 0;
  #roundTripMs = 0;
  #lossesPerCommit = 0;

  /** True while others are believed to write the wallet too: then what this process remembers of it is of no use. */
  get isLikely(): boolean {
    return this.#waryCommits > 0;
  }

  /** True when others were faster not only once. */
  get isFierce(): boolean {
    return this.#waryCommits > WARY_COMMITS;
  }

  /** Somebody else was faster. */
  lost(): void {
    this.#waryCommits = Math.min(MAX_WARY_COMMITS, WARY_COMMITS + 2 * this.#waryCommits);
  }

  /** A commit landed that took so long, after so many losses. */
  landed(tookMs: number, losses: number): void {
    this.#roundTripMs = this.#roundTripMs === 0 ? tookMs : average(this.#roundTripMs, tookMs);
    this.#lossesPerCommit = average(this.#lossesPerCommit, losses);
    this.#waryCommits = Math.max(0, this.#waryCommits - 1);
    this.#streak = this.isLikely ? 0 : (this.#streak + 1) % STREAK;
  }

  /**
   * How many milliseconds to leave the wallet to others before the next commit: about as long as those take who seem
   * to be there, and never exactly as long as others do.
   * @param chance a random number from 0 to 1
   */
  pauseMs(chance: number): number {
    if (this.isLikely) return this.#roundTripMs * (0.5 + this.#lossesPerCommit / 2) * (0.75 + chance / 2);
    return this.#streak === STREAK - 1 ? this.#roundTripMs * 1.5 : 0;
  }
}

function average(before: number, now: number): number {
  return MEMORY * before + (1 - MEMORY) * now;
}
