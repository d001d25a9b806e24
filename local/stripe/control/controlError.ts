/** A control request was refused. */
export class ControlError extends Error {
  readonly status: number;
  /** The invalid field of the body; undefined if the problem isn't a field. */
  readonly field: string | undefined;

  constructor(status: number, message: string, field?: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
    this.field = field;
  }
}
