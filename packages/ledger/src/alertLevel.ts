/** A balance below which an account wants an alert. */
export interface AlertLevel {
  readonly belowCredits: number;
  /** The caller's name for the alert; the ledger only stores it. */
  readonly type: string;
}
