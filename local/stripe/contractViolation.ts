import type { ContractError } from './contract/validate.ts';

/** Thrown when the stand-in itself would have broken the contract: a bug here, not in the caller. */
export class ContractViolation extends Error {
  readonly errors: readonly ContractError[];

  constructor(subject: string, errors: readonly ContractError[]) {
    const lines = errors.slice(0, 10).map(({ path, message }) => `  ${path || '(whole)'}: ${message}`);
    super(`${subject} does not keep Stripe's contract:\n${lines.join('\n')}`);
    this.name = 'ContractViolation';
    this.errors = errors;
  }
}
