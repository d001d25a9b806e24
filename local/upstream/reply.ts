/** An answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON, a text as it is. */
  readonly body: object | string;
}
