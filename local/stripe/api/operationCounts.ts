import type { FoundOperation } from '../contract/findOperation.ts';

/** How often an operation of the contract has been called, whatever the answer was. */
export interface OperationCount {
  /** For example `POST /v1/refunds`. */
  operation: string;
  /** For example `RefundResource.create`. */
  operationId: string;
  count: number;
}

/** Counts calls by operation, so that a test can tell what the backend depends on. */
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
