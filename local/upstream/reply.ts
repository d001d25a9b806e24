/** An HTTP answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Body: an object is sent as JSON, and a string unchanged. */
  readonly body: object | string;
}
