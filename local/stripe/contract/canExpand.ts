import { COMPONENT_PREFIX, type JsonSchema, type Operation } from './contractTypes.ts';
import { loadContract } from './loadContract.ts';

/** Objects without an id that are sent only on demand; the types don't tell them from those that are simply absent. */
const ON_DEMAND = new Set(['confirmation_secret', 'currency_options']);

/**
 * Whether a caller may ask for a field of an operation's answer to be expanded.
 *
 * @param path for example `payment_intent.latest_charge`, or `data.customer` on a list
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

/** A field that holds an id unless it is expanded, or an array of such. */
function isIdOrObject(schema: JsonSchema): boolean {
  const branches = (schema.type === 'array' ? schema.items : schema)?.anyOf ?? [];
  const isArrayOfThem = branches.some((branch) => branch.type === 'array' && isIdOrObject(branch));
  return isArrayOfThem || (branches.some(({ type }) => type === 'string') && branches.some(({ $ref }) => $ref));
}

/** A list that is sent only to those who ask for it, such as a charge's refunds. */
function isList(schema: JsonSchema): boolean {
  return objectsIn(schema).some(({ properties }) => properties?.object?.const === 'list');
}

/** Every object that a value of this schema may be, or have as its items. */
function objectsIn(schema: JsonSchema): JsonSchema[] {
  if (schema.$ref) {
    const component = loadContract().components.schemas[schema.$ref.slice(COMPONENT_PREFIX.length)];
    return component ? objectsIn(component) : [];
  }
  if (schema.items) return objectsIn(schema.items);
  const branches = schema.anyOf ?? schema.oneOf;
  return branches ? branches.flatMap(objectsIn) : [schema];
}
