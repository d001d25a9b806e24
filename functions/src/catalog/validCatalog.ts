import { type FieldProblem, invalidRequest } from '@cloud-bridge/base';
import { issueText } from '../platform/http/issueText.ts';
import { fieldProblems } from '../platform/http/parse.ts';
import { isOneLine } from '../platform/http/schemas.ts';
import { type Catalog, catalogSchema } from './catalog.ts';

/**
 * The catalog, if it is one that may be saved. Control characters are looked for here only: a catalog that was saved
 * with some goes on being sold by.
 * @throws INVALID_REQUEST that says what is wrong with the catalog
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
