/** An error whose message is enough for the person at the terminal; it is printed without a stack. */
export class Problem extends Error {
  override name = 'Problem';
}

/** The task was stopped by a signal, or because its launcher ended. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`Stopped by ${signal}.`);
    this.exitCode = exitCode;
  }
}
