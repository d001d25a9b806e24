import { relative } from 'node:path';
import type ts from 'typescript-5';
import type { Compiler } from './compiler.ts';
import { COMPONENT_PREFIX, type JsonSchema } from './contractTypes.ts';

/** Whether a type is of a request (unknown fields are errors) or of a response (Stripe may add fields). */
export type Direction = 'request' | 'response';

// The SDK's types have `number` for every number. In requests only parameters with these names may be fractions.
const FRACTIONAL_PARAMETER = /percent|latitude|longitude|^(height|length|weight|width)$/;

/** Converts TypeScript types to JSON Schema. Named types become components, which can refer to each other. */
export class SchemaBuilder {
  /** The named schemas converted so far, by component name. */
  readonly components: Record<string, JsonSchema> = {};
  readonly #nameByType: Record<Direction, Map<ts.Type, string>> = { request: new Map(), response: new Map() };
  readonly #compiler: Compiler;
  readonly #checker: ts.TypeChecker;
  readonly #resourcesDir: string;

  constructor(compiler: Compiler, checker: ts.TypeChecker, resourcesDir: string) {
    this.#compiler = compiler;
    this.#checker = checker;
    this.#resourcesDir = resourcesDir;
  }

  /**
   * @param property name of the property that has this type; decides whether its numbers are integers
   * @returns undefined for types that JSON doesn't have: functions and `undefined`
   */
  convert(type: ts.Type, direction: Direction, property = ''): JsonSchema | undefined {
    if (type.isUnion()) return this.#convertUnion(type, direction, property);
    return this.#convertPrimitive(type, direction, property) ?? this.#convertStructure(type, direction, property);
  }

  #convertPrimitive(type: ts.Type, direction: Direction, property: string): JsonSchema | undefined {
    const { TypeFlags } = this.#compiler;
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === 'true' };
    if (type.flags & TypeFlags.String || this.#isOpenString(type)) return { type: 'string' };
    if (type.flags & TypeFlags.Boolean) return { type: 'boolean' };
    if (type.flags & TypeFlags.Null) return { type: 'null' };
    if (type.flags & TypeFlags.Number) {
      return { type: direction === 'request' && !FRACTIONAL_PARAMETER.test(property) ? 'integer' : 'number' };
    }
    return undefined;
  }

  #convertStructure(type: ts.Type, direction: Direction, property: string): JsonSchema | undefined {
    const { TypeFlags } = this.#compiler;
    if (type.flags & (TypeFlags.Any | TypeFlags.Unknown)) return {};
    if (type.flags & (TypeFlags.Undefined | TypeFlags.Void)) return undefined;
    if (type.getCallSignatures().length > 0) return undefined;
    if (this.#checker.isArrayType(type)) {
      const [item] = this.#checker.getTypeArguments(type as ts.TypeReference);
      const items = item && this.convert(item, direction, property);
      return items ? { type: 'array', items } : { type: 'array' };
    }
    const symbol = type.aliasSymbol ?? type.symbol;
    if (symbol?.name === 'Decimal') return { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' };
    if (!symbol || symbol.name === '__type') return this.#convertObject(type, direction);
    return this.#convertNamedObject(type, symbol, direction);
  }

  #convertNamedObject(type: ts.Type, symbol: ts.Symbol, direction: Direction): JsonSchema {
    const names = this.#nameByType[direction];
    const known = names.get(type);
    if (known) return { $ref: COMPONENT_PREFIX + known };
    const name = this.#freeName(this.#describe(type, symbol, direction));
    names.set(type, name);
    // The name is reserved before the properties are read, because Stripe's objects refer to each other in circles.
    this.components[name] = {};
    this.components[name] = this.#convertObject(type, direction);
    return { $ref: COMPONENT_PREFIX + name };
  }

  #convertObject(type: ts.Type, direction: Direction): JsonSchema {
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const property of type.getProperties()) {
      const schema = this.convert(this.#checker.getTypeOfSymbol(property), direction, property.name);
      if (!schema) continue;
      properties[property.name] = schema;
      if (!(property.flags & this.#compiler.SymbolFlags.Optional)) required.push(property.name);
    }
    const schema: JsonSchema = { type: 'object', properties };
    if (required.length > 0) schema.required = required;
    const others = this.#checker.getIndexTypeOfType(type, this.#compiler.IndexKind.String);
    if (others) schema.additionalProperties = this.convert(others, direction) ?? true;
    else if (direction === 'request') schema.additionalProperties = false;
    return schema;
  }

  #convertUnion(type: ts.UnionType, direction: Direction, property: string): JsonSchema | undefined {
    const { TypeFlags } = this.#compiler;
    const literals = type.types.flatMap((member) => (member.isStringLiteral() ? [member.value] : []));
    const isOpen = type.types.some((member) => this.#isOpenString(member));
    const isBoolean = type.types.filter((member) => member.flags & TypeFlags.BooleanLiteral).length === 2;
    const branches: JsonSchema[] = [];
    if (literals.length > 0) {
      branches.push({ type: 'string', enum: literals.sort(), ...(isOpen && { 'x-open-enum': true }) });
    } else if (isOpen) {
      branches.push({ type: 'string' });
    }
    if (isBoolean) branches.push({ type: 'boolean' });
    for (const member of type.types) {
      if (member.isStringLiteral() || this.#isOpenString(member) || member.flags & TypeFlags.Null) continue;
      if (isBoolean && member.flags & TypeFlags.BooleanLiteral) continue;
      const schema = this.convert(member, direction, property);
      if (schema) branches.push(schema);
    }
    // Null comes last: otherwise a validator that converts form strings would read '' as null first.
    if (type.types.some((member) => member.flags & TypeFlags.Null)) branches.push({ type: 'null' });
    return branches.length > 1 ? { anyOf: branches } : branches[0];
  }

  /** Returns whether a type is the SDK's `OtherString` (`string & Record<never, never>`), which marks an open enum. */
  #isOpenString(type: ts.Type): boolean {
    return type.isIntersection() && type.types.some((member) => member.flags & this.#compiler.TypeFlags.String);
  }

  #describe(type: ts.Type, symbol: ts.Symbol, direction: Direction): string {
    const typeArguments = type.aliasSymbol
      ? (type.aliasTypeArguments ?? [])
      : this.#checker.getTypeArguments(type as ts.TypeReference).filter((argument) => argument.symbol !== type.symbol);
    const suffix = typeArguments.map((argument) => {
      return argument.symbol ? this.#qualifiedName(argument.symbol) : this.#checker.typeToString(argument);
    });
    const name = [this.#qualifiedName(symbol), ...suffix].join('_of_').replace(/[^\w.]/g, '_');
    return direction === 'request' ? `request.${name}` : name;
  }

  /** Returns a type's full name, such as `Checkout.Session.AutomaticTax`: folder in `resources`, then namespaces. */
  #qualifiedName(symbol: ts.Symbol): string {
    const names: string[] = [];
    let current: ts.Symbol | undefined = symbol;
    while (current && !(current.flags & this.#compiler.SymbolFlags.ValueModule && /^"/.test(current.name))) {
      names.unshift(current.name);
      current = (current as ts.Symbol & { parent?: ts.Symbol }).parent;
    }
    const file = relative(this.#resourcesDir, symbol.declarations?.[0]?.getSourceFile().fileName ?? '');
    const folders = file.startsWith('..') ? [] : file.split('/').slice(0, -1);
    // Types of parameters are declared in a namespace named after their folder; types of objects aren't.
    return (folders.at(-1) === names[0] ? names : [...folders, ...names]).join('.');
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let count = 2; name in this.components; count += 1) name = `${wanted}_${count}`;
    return name;
  }
}
