import type { ErrorObject } from 'ajv';

/** A difference between the contract and a request, response or event. */
export interface ContractError {
  kind: 'unknownOperation' | 'unknownParameter' | 'missingParameter' | 'invalidValue';
  /** Path in Stripe's notation, for example `line_items[0][price_data][currency]`; empty for the whole value. */
  path: string;
  message: string;
}

/** Converts the errors of ajv to one error for each problem. */
export function describeErrors(errors: readonly ErrorObject[]): ContractError[] {
  return settleUnions(errors).map(describeError);
}

/**
 * Reduces the errors of unions. ajv reports every branch that doesn't match. The branch that matches deepest is most
 * likely the intended one, so only its errors are kept. If no branch matches at all, the union's own error is kept.
 */
function settleUnions(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  const outermost = unions.sort((a, b) => a.instancePath.length - b.instancePath.length)[0];
  if (!outermost) return [...errors];
  const isInside = (error: ErrorObject): boolean =>
    error.instancePath === outermost.instancePath || error.instancePath.startsWith(`${outermost.instancePath}/`);
  const deeper = errors.filter((error) => isInside(error) && fullPath(error).length > outermost.instancePath.length);
  const inside = errors.filter((error) => isInside(error) && error !== outermost);
  const settled = deeper.length > 0 ? settleUnions(deeper) : [widestError(inside) ?? outermost];
  return [...settleUnions(errors.filter((error) => !isInside(error))), ...settled];
}

/** Returns the most helpful error of a union of simple values: a list of allowed values, else a type. */
function widestError(errors: readonly ErrorObject[]): ErrorObject | undefined {
  return errors.find(({ keyword }) => keyword === 'enum') ?? errors.find(({ keyword }) => keyword === 'type');
}

function describeError(error: ErrorObject): ContractError {
  const path = toStripePath(fullPath(error));
  switch (error.keyword) {
    case 'additionalProperties':
      return { kind: 'unknownParameter', path, message: `Received unknown parameter: ${path}` };
    case 'required':
      return { kind: 'missingParameter', path, message: `Missing required param: ${path}.` };
    case 'enum':
      return {
        kind: 'invalidValue',
        path,
        message: `Invalid ${path}: must be one of ${listOf(error.params.allowedValues)}`,
      };
    case 'type':
      return { kind: 'invalidValue', path, message: `Invalid ${error.params.type}: ${path || 'the whole value'}` };
    case 'discriminator':
      return { kind: 'invalidValue', path, message: `Unknown type: ${String(error.params.tagValue)}` };
    default:
      return { kind: 'invalidValue', path, message: `Invalid ${path}: ${error.message}` };
  }
}

function fullPath(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties') return `${error.instancePath}/${error.params.additionalProperty}`;
  if (error.keyword === 'required') return `${error.instancePath}/${error.params.missingProperty}`;
  return error.instancePath;
}

function toStripePath(pointer: string): string {
  const [first, ...others] = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return first === undefined ? '' : first + others.map((segment) => `[${segment}]`).join('');
}

function listOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `${values.slice(0, -1).join(', ')}, or ${values.at(-1)}`;
}
