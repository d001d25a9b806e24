import { type FieldProblem, invalidRequest } from '@cloud-bridge/base';
import { issueText } from '../platform/http/issueText.ts';
import { fieldProblems } from '../platform/http/parse.ts';
import { isOneLine } from '../platform/http/schemas.ts';
import { type Catalog, catalogSchema } from './catalog.ts';

/**
 * Returns a catalog if it may be saved. Only here control characters are refused: a stored catalog that already has
 * some stays in force.
 * @throws INVALID_REQUEST that names the wrong fields
 */
export function validCatalog(candidate: unknown): Catalog {
  const parsed = catalogSchema.safeParse(candidate, { error: issueText });
  const problems = parsed.success ? severalLinesIn(parsed.data, []) : fieldProblems('body', parsed.error);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw invalidRequest(problems);
}

function severalLinesIn(value: unknown, path: readonly string[]): FieldProblem[] {
  if (typeof value === 'string') return isOneLine(value) ? [] : [problem(path, 'must not contain control characters')];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, part]) => severalLinesIn(part, [...path, name]));
}

function problem(path: readonly string[], message: string): FieldProblem {
  return { in: 'body', field: path.join('.') || 'body', message };
}
