import { AppError } from '@cloud-bridge/base';
import * as z from 'zod';
import { parse } from './parse.ts';
import { daySchema, timeSchema } from './schemas.ts';

/** Returns the error message for a value that is sent as the field `field`. */
function told(schema: z.ZodType, value: unknown): string {
  try {
    parse('body', z.strictObject({ field: schema }), { field: value });
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  throw new Error('the value was accepted');
}

const letter = z.strictObject({ type: z.literal('letter') });
const digit = z.strictObject({ type: z.literal('digit') });
const name = z.string().regex(/^[a-z]+$/, { message: 'must be small letters' });

it.each<[string, z.ZodType, unknown, string]>([
  // invalid_type
  ['a string', z.string(), 5, 'field: must be a string'],
  ['a number', z.number(), '5', 'field: must be a number'],
  ['a whole number', z.int(), 1.5, 'field: must be a whole number'],
  ['true or false', z.boolean(), 'true', 'field: must be true or false'],
  ['an array', z.array(z.string()), {}, 'field: must be an array'],
  ['an object', z.strictObject({}), [], 'field: must be an object'],
  ['a record', z.record(z.string(), z.string()), [], 'field: must be an object'],
  ['null', z.null(), 5, 'field: must be null'],
  ['nothing', z.never(), 5, 'field: is not known here'],
  ['what is missing', z.string(), undefined, 'field: is required'],
  ['a time that is missing', timeSchema, undefined, 'field: is required'],
  ['something in a list', z.array(z.string()), ['a', 5], 'field.1: must be a string'],
  // too_small, too_big
  ['a number below its range', z.int().min(1).max(100), 0, 'field: must be 1 to 100'],
  ['a number above its range', z.int().min(1).max(100), 101, 'field: must be 1 to 100'],
  ['a number beyond what is counted exactly', z.int().min(1).max(100), 1e300, 'field: must be 1 to 100'],
  ['too great a whole number', z.int(), 1e300, 'field: must be at most 9007199254740991'],
  ['too small a number', z.number().min(3), 2, 'field: must be at least 3'],
  ['too great a number', z.number().max(3), 4, 'field: must be at most 3'],
  ['a bound that is excluded', z.number().positive(), 0, 'field: must be more than 0'],
  ['two such bounds', z.number().gt(0).lt(1), 1, 'field: must be more than 0 and less than 1'],
  ['an empty string', z.string().min(1).max(100), '', 'field: must be 1 to 100 characters'],
  ['a long string', z.string().max(3), 'long', 'field: must be at most 3 characters'],
  ['a string of another length', z.string().length(2), 'x', 'field: must be exactly 2 characters'],
  ['a string that is empty', z.string().min(1), '', 'field: must be at least 1 character'],
  ['an empty array', z.array(z.string()).min(1), [], 'field: must have at least 1 item'],
  ['a long array', z.array(z.string()).min(1).max(2), ['a', 'b', 'c'], 'field: must have 1 to 2 items'],
  ['a large set', z.set(z.string()).max(1), new Set(['a', 'b']), 'field: must have at most 1 item'],
  // not_multiple_of
  ['a number between the steps', z.int().multipleOf(5), 7, 'field: must be a multiple of 5'],
  // invalid_format
  ['no time', timeSchema, 'tomorrow', 'field: must be a time such as 2026-03-14T13:00:00Z'],
  ['no day', daySchema, '2026-02-30', 'field: must be a day such as 2026-03-14'],
  ['no URL', z.url(), 'x', 'field: must be a URL'],
  ['no email address', z.email(), 'x', 'field: must be an email address'],
  ['another format', z.ulid(), 'x', 'field: must be in the format ulid'],
  ['another beginning', z.string().startsWith('a'), 'b', 'field: must begin with a'],
  ['another end', z.string().endsWith('a'), 'b', 'field: must end with a'],
  ['another content', z.string().includes('a'), 'b', 'field: must contain a'],
  ['what does not match', z.string().regex(/^a$/), 'b', 'field: must match /^a$/'],
  ['what does not match a pattern with a text', name, 'B', 'field: must be small letters'],
  // invalid_value
  ['another word', z.enum(['a', 'b', 'c']), 'd', 'field: must be one of a, b, c'],
  ['no word', z.enum(['a', 'b', 'c']), undefined, 'field: is required'],
  ['another constant', z.literal('a'), 'd', 'field: must be a'],
  // unrecognized_keys
  ['two unknown fields', z.strictObject({}), { a: 1, b: 1 }, 'field.a: is not known here; field.b: is not known here'],
  ['a name outside a list', z.partialRecord(z.enum(['a']), z.int()), { b: 1 }, 'field.b: is not known here'],
  // invalid_union
  ['no form', z.union([z.string(), z.int()]), true, 'field: must be a string, or must be a number'],
  ['no form at all', z.union([z.string(), z.int()]), undefined, 'field: is required'],
  ['two forms', z.xor([z.string(), z.literal('a')]), 'a', 'field: must have only one of its forms'],
  [
    'an unknown type',
    z.discriminatedUnion('type', [letter, digit]),
    { type: 'x' },
    'field.type: must be one of letter, digit',
  ],
  ['no type', z.discriminatedUnion('type', [letter, digit]), {}, 'field.type: is required'],
  // invalid_key, invalid_element
  ['a name that is not allowed', z.record(name, z.int()), { A: 1 }, 'field.A: its name must be small letters'],
  [
    'an item that is not allowed',
    z.map(z.date(), z.string()),
    new Map([[new Date(0), 5]]),
    'field: each item must be a string',
  ],
  // custom
  [
    'a refusal with a text',
    z.string().refine(() => false, { message: 'must be better' }),
    'x',
    'field: must be better',
  ],
  ['a refusal without one', z.string().refine(() => false), 'x', 'field: is not allowed'],
])('has a message for %s', (_name, schema, value, message) => {
  expect(told(schema, value)).toBe(message);
});
