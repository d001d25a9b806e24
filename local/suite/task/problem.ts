/** An error that says all there is to say to the person at the terminal: printed without a stack. */
export class Problem extends Error {
  override name = 'Problem';
}

/** The task was told to stop, by a signal or because the command above it is gone. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`Stopped by ${signal}.`);
    this.exitCode = exitCode;
  }
}
