import * as fc from 'fast-check';

/** The part of JSON Schema that the API's document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly pattern?: string;
  readonly format?: string;
  readonly [bound: string]: unknown;
}

export interface Drawing {
  /** Schemas that `$ref` refers to, by name. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** Ids for fields that contain an id. With `always`, such fields are always present with one of these ids. */
  readonly ids: { readonly values: readonly string[]; readonly always: boolean };
  /** Values that exist in the test's account or catalog, by field name. */
  readonly known: Readonly<Record<string, readonly unknown[]>>;
  /** True when some values have to violate the schema. */
  readonly wild: boolean;
}

/** Texts that often break programs. */
const STRANGE_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  'é',
  '__proto__',
  'constructor',
  '../..',
  'a/b',
  '1e400',
  '-0',
  '9007199254740993',
  '<script>',
  "'; --",
  '%00',
  'x'.repeat(5_000),
];

/** Draws any JSON value, and values that programs often fail at. */
const strangeValues = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 0.5, 1e308, Number.MAX_SAFE_INTEGER, 2 ** 53, [], {}, [[]]),
  fc.constantFrom(...STRANGE_TEXTS),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Draws values of a schema; in the wild mode, also values that violate it. */
export function valuesOf(schema: JsonSchema, drawing: Drawing): fc.Arbitrary<unknown> {
  const proper = properValuesOf(schema, drawing);
  return drawing.wild ? fc.oneof({ weight: 15, arbitrary: proper }, { weight: 1, arbitrary: strangeValues }) : proper;
}

function properValuesOf(schema: JsonSchema, drawing: Drawing): fc.Arbitrary<unknown> {
  if (schema.$ref) {
    const target = drawing.schemas[schema.$ref.split('/').at(-1) ?? ''];
    if (!target) throw new Error(`${schema.$ref} is not in the document`);
    return properValuesOf(target, drawing);
  }
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return fc.oneof(...branches.map((branch) => properValuesOf(branch, drawing)));
  if (schema.allOf) return mergedValuesOf(schema.allOf, drawing);
  const values = valuesOfType(schema, drawing);
  // The document's examples exist in the catalog: names of packs, plans and operations.
  return schema.example === undefined ? values : fc.oneof(values, fc.constant(schema.example));
}

function mergedValuesOf(parts: readonly JsonSchema[], drawing: Drawing): fc.Arbitrary<unknown> {
  return fc
    .tuple(...parts.map((part) => properValuesOf(part, drawing)))
    .map((values) => Object.assign({}, ...values) as unknown);
}

function valuesOfType(schema: JsonSchema, drawing: Drawing): fc.Arbitrary<unknown> {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return objectsOf(schema, drawing);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, drawing), {
        minLength: bound(schema, 'minItems', 0),
        maxLength: Math.min(bound(schema, 'maxItems', 5), bound(schema, 'minItems', 0) + 4),
      });
    case 'string':
      return textsOf(schema);
    case 'integer':
      return integersOf(schema);
    case 'number':
      return numbersOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectsOf(schema: JsonSchema, drawing: Drawing): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, fieldValuesOf(name, field, drawing)]),
  );
  const always = Object.keys(fields).filter(
    (name) => required.includes(name) || (drawing.ids.always && isIdField(name)),
  );
  const whole = mostlyFewOf(fields, always);
  if (typeof additionalProperties === 'object') {
    const keys = textsOf(schema.propertyNames ?? { type: 'string', minLength: 1, maxLength: 20 });
    return fc.dictionary(keys, valuesOf(additionalProperties, drawing), { maxKeys: 4 });
  }
  if (!drawing.wild) return whole;
  // Leaves out a field, or adds an unknown field.
  const broken = fc
    .tuple(fc.record(fields, { requiredKeys: [] }), fc.dictionary(fc.string(), strangeValues, { maxKeys: 2 }))
    .map(([known, unknown]) => ({ ...known, ...unknown }));
  return fc.oneof({ weight: 8, arbitrary: whole }, { weight: 1, arbitrary: broken });
}

/** Draws objects with the required fields, and seldom more than two others, because one wrong field hides the rest. */
function mostlyFewOf(fields: Record<string, fc.Arbitrary<unknown>>, always: string[]): fc.Arbitrary<unknown> {
  const others = Object.keys(fields).filter((name) => !always.includes(name));
  const few = fc.subarray(others, { maxLength: Math.min(2, others.length) }).chain((chosen) => {
    const kept = new Set([...always, ...chosen]);
    return fc.record(Object.fromEntries(Object.entries(fields).filter(([name]) => kept.has(name))));
  });
  return fc.oneof({ weight: 4, arbitrary: few }, { weight: 1, arbitrary: fc.record(fields, { requiredKeys: always }) });
}

function fieldValuesOf(name: string, schema: JsonSchema, drawing: Drawing): fc.Arbitrary<unknown> {
  const { values, always } = drawing.ids;
  const meaningful = drawing.known[name];
  if (meaningful) {
    return fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...meaningful) },
      { weight: 1, arbitrary: valuesOf(schema, drawing) },
    );
  }
  if (!isIdField(name) || values.length === 0) return valuesOf(schema, drawing);
  const known = fc.constantFrom(...values);
  return always
    ? known
    : fc.oneof({ weight: 3, arbitrary: known }, { weight: 1, arbitrary: valuesOf(schema, drawing) });
}

/** Returns true when a field contains the id of an account's object. */
export function isIdField(name: string): boolean {
  return name === 'id' || /[a-z]Ids?$/.test(name);
}

function textsOf(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.format === 'date-time') {
    return fc
      .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  }
  if (schema.format === 'uri') return fc.webUrl();
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern));
  const minLength = bound(schema, 'minLength', 0);
  return fc.string({
    minLength,
    maxLength: Math.min(bound(schema, 'maxLength', 200), minLength + 200),
    unit: 'grapheme',
  });
}

function integersOf(schema: JsonSchema): fc.Arbitrary<number> {
  const min = bound(schema, 'minimum', bound(schema, 'exclusiveMinimum', Number.MIN_SAFE_INTEGER - 1) + 1);
  const max = bound(schema, 'maximum', bound(schema, 'exclusiveMaximum', Number.MAX_SAFE_INTEGER + 1) - 1);
  // Most real numbers are small.
  return fc.oneof(
    fc.integer({ min, max: Math.min(max, Math.max(min, 0) + 100) }),
    fc.maxSafeInteger().map((any) => Math.min(max, Math.max(min, any))),
  );
}

function numbersOf(schema: JsonSchema): fc.Arbitrary<number> {
  const min = bound(schema, 'minimum', bound(schema, 'exclusiveMinimum', -1e9));
  const max = bound(schema, 'maximum', bound(schema, 'exclusiveMaximum', 1e9));
  return fc.oneof(
    fc.integer({ min: Math.floor(min) + 1, max: Math.floor(max) }),
    fc.double({ min, max, noNaN: true, minExcluded: 'exclusiveMinimum' in schema }),
  );
}

function bound(schema: JsonSchema, name: string, otherwise: number): number {
  const value = schema[name];
  return typeof value === 'number' ? value : otherwise;
}
