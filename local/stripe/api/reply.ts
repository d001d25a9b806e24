/** What a request is answered with. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON, a string as it is. */
  body: object | string;
}
