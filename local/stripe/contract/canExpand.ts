import { COMPONENT_PREFIX, type JsonSchema, type Operation } from './contractTypes.ts';
import { loadContract } from './loadContract.ts';

/** Objects without an id that are sent only on demand. The SDK's types don't mark them, so they are listed here. */
const ON_DEMAND = new Set(['confirmation_secret', 'currency_options']);

/**
 * Returns whether a field of an operation's answer can be expanded.
 *
 * @param path a field such as `payment_intent.latest_charge`, or `data.customer` on a list
 */
export function canExpand(operation: Operation, path: string): boolean {
  return hasExpandable(operation.responses[200].content['application/json'].schema, path.split('.'));
}

function hasExpandable(schema: JsonSchema, fields: readonly string[]): boolean {
  const [field = '', ...rest] = fields;
  return objectsIn(schema).some(({ properties, required }) => {
    const property = properties && Object.hasOwn(properties, field) ? properties[field] : undefined;
    if (!property) return false;
    if (rest.length > 0) return hasExpandable(property, rest);
    if (ON_DEMAND.has(field)) return true;
    return isIdOrObject(property) || (isList(property) && !required?.includes(field));
  });
}

/** Returns whether a field has an id that can be expanded to an object, or an array of such ids. */
function isIdOrObject(schema: JsonSchema): boolean {
  const branches = (schema.type === 'array' ? schema.items : schema)?.anyOf ?? [];
  const isArrayOfThem = branches.some((branch) => branch.type === 'array' && isIdOrObject(branch));
  return isArrayOfThem || (branches.some(({ type }) => type === 'string') && branches.some(({ $ref }) => $ref));
}

/** Returns whether a field is a list. Some lists, such as the refunds of a charge, are sent only on demand. */
function isList(schema: JsonSchema): boolean {
  return objectsIn(schema).some(({ properties }) => properties?.object?.const === 'list');
}

/** Returns the schemas of all objects that a value of this schema, or an item of an array, can be. */
function objectsIn(schema: JsonSchema): JsonSchema[] {
  if (schema.$ref) {
    const component = loadContract().components.schemas[schema.$ref.slice(COMPONENT_PREFIX.length)];
    return component ? objectsIn(component) : [];
  }
  if (schema.items) return objectsIn(schema.items);
  const branches = schema.anyOf ?? schema.oneOf;
  return branches ? branches.flatMap(objectsIn) : [schema];
}
