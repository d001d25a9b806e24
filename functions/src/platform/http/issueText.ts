/** Messages about invalid fields, used in place of zod's own. */

import type * as z from 'zod';

type RawIssue = z.core.$ZodRawIssue;

/** The text for an expected type, by zod's name of the type. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  date: 'a time',
  int: 'a whole number',
  map: 'a map',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  set: 'a set',
  string: 'a string',
};

/** The text for an expected format of a string, by zod's name of the format. */
const FORMATS: Readonly<Record<string, string>> = {
  date: 'a day such as 2026-03-14',
  datetime: 'a time such as 2026-03-14T13:00:00Z',
  email: 'an email address',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  url: 'a URL',
  uuid: 'a UUID',
};

/** The unit of a value's size, by zod's name of the type. A number has no unit. */
const UNITS: Readonly<Record<string, string>> = {
  array: 'item',
  file: 'byte',
  map: 'item',
  set: 'item',
  string: 'character',
};

/**
 * Returns the message about a wrong value. Like every message about a field, it continues the field's name, as in
 * "quantity must be 1 to 100". Every parse whose errors people read passes this function to zod.
 */
export function issueText(issue: RawIssue): string {
  if (isMissing(issue)) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'never' ? 'is not known here' : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return rangeText(issue, { minimum: Number(issue.minimum) });
    case 'too_big':
      return rangeText(issue, { maximum: Number(issue.maximum) });
    case 'invalid_format':
      return formatText(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `must not have ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return unionText(issue);
    case 'invalid_key':
      return `its name ${firstText(issue.issues)}`;
    case 'invalid_element':
      return `each item ${firstText(issue.issues)}`;
    default:
      return 'is not allowed';
  }
}

function isMissing(issue: RawIssue): boolean {
  if (issue.code === 'invalid_union' && 'discriminator' in issue && issue.discriminator !== undefined) {
    return (issue.input as Record<string, unknown>)[issue.discriminator] === undefined;
  }
  return issue.input === undefined && ['invalid_type', 'invalid_value', 'invalid_union'].includes(issue.code);
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;
}

interface Bounds {
  minimum?: number;
  maximum?: number;
  /** True if the minimum itself isn't allowed. */
  isAbove?: boolean;
  /** True if the maximum itself isn't allowed. */
  isBelow?: boolean;
}

type RangeIssue = Extract<RawIssue, { code: 'too_small' | 'too_big' }>;

/** Returns the message with both bounds of the schema, whichever bound the value exceeds. */
function rangeText(issue: RangeIssue, passed: Bounds): string {
  const bounds = { ...passed, ...boundsOf(issue.schema) };
  const unit = UNITS[issue.origin];
  if (unit === undefined) return `must be ${spanOf(bounds)}`;
  const plural = (bounds.maximum ?? bounds.minimum) === 1 ? unit : `${unit}s`;
  return `must ${issue.origin === 'string' ? 'be' : 'have'} ${spanOf(bounds)} ${plural}`;
}

function spanOf({ minimum, maximum, isAbove, isBelow }: Bounds): string {
  const from = isAbove ? `more than ${minimum}` : `at least ${minimum}`;
  const to = isBelow ? `less than ${maximum}` : `at most ${maximum}`;
  if (maximum === undefined) return from;
  if (minimum === undefined) return to;
  if (isAbove || isBelow) return `${from} and ${to}`;
  return minimum === maximum ? `exactly ${minimum}` : `${minimum} to ${maximum}`;
}

function boundsOf(schema: z.core.$ZodType | undefined): Bounds {
  const bounds: Bounds = {};
  for (const check of (schema?._zod.def.checks ?? []) as z.core.$ZodChecks[]) {
    const def = check._zod.def;
    if (def.check === 'greater_than') Object.assign(bounds, { minimum: Number(def.value), isAbove: !def.inclusive });
    if (def.check === 'less_than') Object.assign(bounds, { maximum: Number(def.value), isBelow: !def.inclusive });
    if (def.check === 'min_length' || def.check === 'min_size') bounds.minimum = def.minimum;
    if (def.check === 'max_length' || def.check === 'max_size') bounds.maximum = def.maximum;
    if (def.check === 'length_equals') Object.assign(bounds, { minimum: def.length, maximum: def.length });
  }
  return bounds;
}

function formatText(issue: Extract<RawIssue, { code: 'invalid_format' }>): string {
  const { format, prefix, suffix, includes, pattern } = issue as Record<string, unknown>;
  if (format === 'starts_with') return `must begin with ${prefix}`;
  if (format === 'ends_with') return `must end with ${suffix}`;
  if (format === 'includes') return `must contain ${includes}`;
  if (format === 'regex') return `must match ${pattern}`;
  return `must be ${FORMATS[String(format)] ?? `in the format ${format}`}`;
}

function unionText(issue: Extract<RawIssue, { code: 'invalid_union' }>): string {
  if ('options' in issue && issue.options) return oneOf(issue.options as unknown[]);
  if (issue.errors.length === 0) return 'must have only one of its forms';
  return [...new Set(issue.errors.map(firstText))].join(', or ');
}

/** Returns the message of the first nested issue; zod has already set it with {@link issueText}. */
function firstText(issues: readonly { readonly message: string }[]): string {
  return issues[0]?.message ?? 'is not allowed';
}
