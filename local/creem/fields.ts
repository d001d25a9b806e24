/** Says what is wrong with a value; null when nothing is. */
type Check = (value: unknown) => string | null;

export const text: Check = (value) => (typeof value === 'string' && value !== '' ? null : 'must be a text');
export const object: Check = (value) => (isObject(value) ? null : 'must be an object');
export const url: Check = (value) =>
  typeof value === 'string' && URL.canParse(value) ? null : 'must be an absolute URL';

export function wholeNumber(minimum: number, maximum: number): Check {
  return (value) =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
      ? null
      : `must be a whole number from ${minimum} to ${maximum}`;
}

export function oneOf(...values: readonly string[]): Check {
  return (value) => (values.includes(value as string) ? null : `must be one of ${values.join(', ')}`);
}

/** A number in a query string. */
export const numeral: Check = (value) => (/^\d{1,9}$/.test(String(value)) ? null : 'must be a number');

export interface Fields {
  readonly required?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

/** What is wrong with the fields of a request: unknown ones, missing ones, and values that are none. */
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

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a body; undefined when there is none. */
export function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
