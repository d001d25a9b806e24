import type { Contract, HttpMethod, Operation } from './contractTypes.ts';
import { loadContract } from './loadContract.ts';

/** An operation of the contract with its method and path. */
export interface FoundOperation {
  operation: Operation;
  method: HttpMethod;
  /** Path template, for example `/v1/refunds/{id}`. */
  path: string;
}

interface Candidate extends FoundOperation {
  segments: string[];
}

let candidatesByShape: Map<string, Candidate[]> | undefined;

/**
 * Returns the operation that a request calls; undefined when Stripe has no such operation.
 *
 * @param method HTTP method in upper or lower case
 * @param path path of the request without the query, for example `/v1/refunds/re_1`
 */
export function findOperation(method: string, path: string): FoundOperation | undefined {
  candidatesByShape ??= indexOperations(loadContract());
  const segments = path.split('/');
  const candidates = candidatesByShape.get(shapeOf(method, segments.length)) ?? [];
  return candidates.find((candidate) =>
    candidate.segments.every((segment, index) =>
      isParameter(segment) ? segments[index] !== '' : segment === segments[index],
    ),
  );
}

function indexOperations(contract: Contract): Map<string, Candidate[]> {
  const index = new Map<string, Candidate[]>();
  for (const [path, operations] of Object.entries(contract.paths)) {
    const segments = path.split('/');
    for (const [method, operation] of Object.entries(operations) as [HttpMethod, Operation][]) {
      const shape = shapeOf(method, segments.length);
      const candidates = index.get(shape) ?? [];
      candidates.push({ operation, method, path, segments });
      index.set(shape, candidates);
    }
  }
  // Paths with fewer parameters come first, so that `/v1/charges/search` wins over `/v1/charges/{id}`.
  for (const candidates of index.values()) candidates.sort((a, b) => countParameters(a) - countParameters(b));
  return index;
}

function shapeOf(method: string, segmentCount: number): string {
  return `${method.toLowerCase()} ${segmentCount}`;
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function countParameters(candidate: Candidate): number {
  return candidate.segments.filter(isParameter).length;
}
