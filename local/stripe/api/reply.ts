/** An HTTP answer. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** Body: an object is sent as JSON, and a string unchanged. */
  body: object | string;
}
