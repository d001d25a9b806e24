/** Own commits for which a process stays wary after one loss. Each further loss meanwhile more than doubles them. */
const WARY_COMMITS = 2;
const MAX_WARY_COMMITS = 16;
/** Commits in a row without a loss, after which a process pauses once in case other writers never get a turn. */
const STREAK = 32;
/** Weight of earlier values in a running average. */
const MEMORY = 0.8;

/**
 * Estimates how much other processes write the same wallet, and how long this process should leave the wallet to them.
 * After a commit, its writer is a round trip ahead of the losers, who have to read first; without pauses it would
 * always win.
 */
export class Contention {
  #waryCommits = 0;
  #streak = 0;
  #roundTripMs = 0;
  #lossesPerCommit = 0;

  /** True while other processes probably write the wallet too, so that the remembered state is probably outdated. */
  get isLikely(): boolean {
    return this.#waryCommits > 0;
  }

  /** True when other processes were faster repeatedly. */
  get isFierce(): boolean {
    return this.#waryCommits > WARY_COMMITS;
  }

  /** Records that another process was faster. */
  lost(): void {
    this.#waryCommits = Math.min(MAX_WARY_COMMITS, WARY_COMMITS + 2 * this.#waryCommits);
  }

  /** Records a successful commit, its duration and the number of lost races before it. */
  landed(tookMs: number, losses: number): void {
    this.#roundTripMs = this.#roundTripMs === 0 ? tookMs : average(this.#roundTripMs, tookMs);
    this.#lossesPerCommit = average(this.#lossesPerCommit, losses);
    this.#waryCommits = Math.max(0, this.#waryCommits - 1);
    this.#streak = this.isLikely ? 0 : (this.#streak + 1) % STREAK;
  }

  /**
   * Returns milliseconds to leave the wallet to others before the next commit: about as long as the other writers seem
   * to need, with a random part so that processes don't return at the same time.
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
