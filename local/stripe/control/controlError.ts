/** A control request that cannot be done. */
export class ControlError extends Error {
  readonly status: number;
  /** The field of the body that is wrong, if it is one. */
  readonly field: string | undefined;

  constructor(status: number, message: string, field?: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
    this.field = field;
  }
}
