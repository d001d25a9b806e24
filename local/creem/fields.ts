// Validation of the fields of requests.

/** Returns the problem with a value; null when the value is valid. */
type Check = (value: unknown) => string | null;

export const text: Check = (value) => (typeof value === 'string' && value !== '' ? null : 'must be a text');
export const object: Check = (value) => (isObject(value) ? null : 'must be an object');
export const url: Check = (value) =>
  typeof value === 'string' && URL.canParse(value) ? null : 'must be an absolute URL';

/** Accepts a whole number from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum: number): Check {
  return (value) =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
      ? null
      : `must be a whole number from ${minimum} to ${maximum}`;
}

/** Accepts one of the given strings. */
export function oneOf(...values: readonly string[]): Check {
  return (value) => (values.includes(value as string) ? null : `must be one of ${values.join(', ')}`);
}

/** Accepts a number in a query string. */
export const numeral: Check = (value) => (/^\d{1,9}$/.test(String(value)) ? null : 'must be a number');

/** The fields that a request may have, with the check of each field's value. */
export interface Fields {
  readonly required?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

/** Returns all problems with the fields of a request: unknown fields, missing fields and invalid values. */
export function problemsWith(given: Readonly<Record<string, unknown>>, { required = {}, optional = {} }: Fields) {
  const problems: string[] = [];
  const known: Readonly<Record<string, Check>> = { ...optional, ...required };
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(known, name) ? known[name] : undefined;
    const problem = check ? check(value) : 'should not exist';
    if (problem) problems.push(`property ${name} ${problem}`);
  }
  for (const name of Object.keys(required)) {
    if (given[name] === undefined) problems.push(`The '${name}' field is required.`);
  }
  return problems;
}

/** Returns whether a value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a body; an empty body counts as `{}`. Returns undefined when the body isn't a JSON object. */
export function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
