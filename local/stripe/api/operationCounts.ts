import type { FoundOperation } from '../contract/findOperation.ts';

/** Number of calls of an operation of the contract, successful or not. */
export interface OperationCount {
  /** For example `POST /v1/refunds`. */
  operation: string;
  /** For example `RefundResource.create`. */
  operationId: string;
  count: number;
}

/** Counts calls by operation, so that a test can list the operations that the backend depends on. */
export class OperationCounts {
  readonly #counts = new Map<string, OperationCount>();

  count({ method, path, operation }: FoundOperation): void {
    const name = `${method.toUpperCase()} ${path}`;
    const entry = this.#counts.get(name) ?? { operation: name, operationId: operation.operationId, count: 0 };
    entry.count += 1;
    this.#counts.set(name, entry);
  }

  list(): OperationCount[] {
    return [...this.#counts.values()].sort((a, b) => a.operation.localeCompare(b.operation));
  }

  clear(): void {
    this.#counts.clear();
  }
}
