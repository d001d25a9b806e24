import { type FieldProblem, invalidRequest, isRecord } from '@cloud-bridge/base';
import type * as z from 'zod';
import type { ZodType } from 'zod';
import { issueText } from './issueText.ts';

/** Wrong fields that one response names at most. */
const MAX_PROBLEMS = 20;

/**
 * Parses a part of a request with its schema.
 * @throws INVALID_REQUEST that names the fields
 */
export function parse(where: FieldProblem['in'], schema: ZodType | undefined, input: unknown): unknown {
  const refuse = (field: string) => invalidRequest([{ in: where, field, message: 'is not known here' }]);
  // Schemas silently ignore this name.
  if (Object.hasOwn(Object(input), '__proto__')) throw refuse('__proto__');
  if (!schema) {
    const [unexpected] = Object.keys((input ?? {}) as object);
    if (isRecord(input) && unexpected === undefined) return {};
    throw refuse(unexpected ?? where);
  }
  const result = schema.safeParse(input, { error: issueText });
  if (result.success) return result.data;
  throw invalidRequest(fieldProblems(where, result.error));
}

/** Converts zod's issues to problems of fields, without duplicates. The parse must have used {@link issueText}. */
export function fieldProblems(where: FieldProblem['in'], { issues }: z.ZodError): FieldProblem[] {
  const problems = issues.slice(0, MAX_PROBLEMS).flatMap((issue): FieldProblem[] => {
    const path = issue.path.map(String);
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    if (unknown.length > 0) {
      return unknown
        .slice(0, MAX_PROBLEMS)
        .map((key) => ({ in: where, field: [...path, key].join('.'), message: 'is not known here' }));
    }
    return [{ in: where, field: path.join('.') || where, message: issue.message }];
  });
  const isSame = (one: FieldProblem, other: FieldProblem) => one.field === other.field && one.message === other.message;
  return problems.filter((problem, index) => problems.findIndex((other) => isSame(problem, other)) === index);
}
