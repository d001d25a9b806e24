import { canExpand } from '../contract/canExpand.ts';
import type { Operation } from '../contract/contractTypes.ts';
import { StripeError } from './stripeError.ts';

const LEVELS_MAX = 4;

/** Source of the objects that replace ids in an answer. */
export interface ExpansionSource {
  /** Returns the object with an id; undefined if no object has the id. */
  find(id: string): object | undefined;
  /** Computes a field that is sent only on demand; undefined when the object type has no such field. */
  include(objectType: string, field: string, object: object): object | undefined;
}

type Node = Record<string, unknown>;

/**
 * Checks the fields that a call asks to expand. Runs before the call does its work, so that a refused call has no
 * effect.
 *
 * @param paths fields such as `payment_intent.latest_charge`, or `data.customer` on a list
 * @throws StripeError when a field cannot be expanded
 */
export function requireExpandable(operation: Operation, paths: readonly string[]): void {
  for (const path of paths) {
    const levels = path.split('.').filter((field) => field !== 'data').length;
    if (levels > LEVELS_MAX) {
      throw StripeError.invalid(`You cannot expand more than ${LEVELS_MAX} levels of a property: ${path}`, {
        param: 'expand',
      });
    }
    if (!canExpand(operation, path)) {
      throw StripeError.invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
    }
  }
}

/** Returns a copy of a body in which the requested fields are expanded. */
export function expand(body: object, paths: readonly string[], source: ExpansionSource): object {
  const copy = structuredClone(body);
  for (const path of paths) expandPath(copy, path.split('.'), source);
  return copy;
}

function expandPath(node: unknown, fields: readonly string[], source: ExpansionSource): void {
  const [field, ...rest] = fields;
  if (field === undefined || typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) expandPath(item, fields, source);
    return;
  }
  expandField(node as Node, field, source);
  expandPath((node as Node)[field], rest, source);
}

function expandField(node: Node, field: string, source: ExpansionSource): void {
  const value = node[field];
  if (typeof value === 'string') {
    node[field] = structuredClone(source.find(value)) ?? value;
  } else if (Array.isArray(value)) {
    node[field] = value.map((item) => (typeof item === 'string' ? (structuredClone(source.find(item)) ?? item) : item));
  } else if (value === undefined) {
    const included = source.include(String(node.object), field, node);
    if (included) node[field] = structuredClone(included);
  }
}
