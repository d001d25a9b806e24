/** A balance that an account wants to be told of when fewer credits are available. */
export interface AlertLevel {
  readonly belowCredits: number;
  /** What the caller tells then, in its own words; the ledger only keeps it. */
  readonly type: string;
}
