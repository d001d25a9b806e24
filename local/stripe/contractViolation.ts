import type { ContractError } from './contract/validate.ts';

/** The stand-in was about to send an object that breaks Stripe's contract: a bug of the stand-in, not of its caller. */
export class ContractViolation extends Error {
  readonly errors: readonly ContractError[];

  constructor(subject: string, errors: readonly ContractError[]) {
    const lines = errors.slice(0, 10).map(({ path, message }) => `  ${path || '(whole)'}: ${message}`);
    super(`${subject} breaks Stripe's contract:\n${lines.join('\n')}`);
    this.name = 'ContractViolation';
    this.errors = errors;
  }
}
