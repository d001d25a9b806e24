import { globSync } from 'node:fs';
import { join } from 'node:path';
import type ts from 'typescript-5';
import { stripeApiVersion, stripePackageDir, stripePackageVersion } from '../installedStripe.ts';
import { type Compiler, loadCompiler } from './compiler.ts';
import { COMPONENT_PREFIX, type Contract, type JsonSchema, type Operation } from './contractTypes.ts';
import { deriveRoutes, type Route } from './deriveRoutes.ts';
import { isWantedEvent, isWantedOperation } from './families.ts';
import { SchemaBuilder } from './schemaBuilder.ts';

const resourcesDir = join(stripePackageDir, 'esm', 'resources');

/**
 * Derives the contract from the types and routes of the installed `stripe` package, which takes a few seconds.
 *
 * @throws Error when the layout of the package has changed
 */
export function deriveContract(): Contract {
  const compiler = loadCompiler();
  const files = globSync('**/*.d.ts', { cwd: resourcesDir }).sort();
  const program = createProgram(
    compiler,
    files.map((file) => join(resourcesDir, file)),
  );
  const builder = new SchemaBuilder(compiler, program.getTypeChecker(), resourcesDir);
  const events = deriveEvents(compiler, program, builder);
  // Stripe's own `Event` is the union of all events, most of which are about products that this project doesn't use.
  const event: JsonSchema = {
    type: 'object',
    required: ['type'],
    discriminator: { propertyName: 'type' },
    oneOf: Object.values(events),
  };
  const paths: Contract['paths'] = {};
  for (const file of files) {
    for (const [route, operation] of deriveOperations(compiler, program, builder, file, event)) {
      paths[route.path] ??= {};
      (paths[route.path] as Contract['paths'][string])[route.method] = operation;
    }
  }
  builder.components.Event = event;
  return {
    openapi: '3.1.0',
    info: { title: `Stripe, as typed by stripe@${stripePackageVersion}`, version: stripeApiVersion },
    paths,
    'x-events': events,
    components: { schemas: reachableComponents(builder.components, [paths, events]) },
  };
}

function createProgram(compiler: Compiler, files: string[]): ts.Program {
  return compiler.createProgram(files, {
    strict: true,
    skipLibCheck: true,
    target: compiler.ScriptTarget.ES2022,
    module: compiler.ModuleKind.ESNext,
    moduleResolution: compiler.ModuleResolutionKind.Bundler,
    types: ['node'],
  });
}

function sourceOf(program: ts.Program, file: string): ts.SourceFile {
  const source = program.getSourceFile(join(resourcesDir, file));
  if (!source)
    throw new Error(`The stripe package has no ${file}: its layout has changed, so deriveContract.ts must be adapted.`);
  return source;
}

function deriveEvents(compiler: Compiler, program: ts.Program, builder: SchemaBuilder): Record<string, JsonSchema> {
  const checker = program.getTypeChecker();
  const events: Record<string, JsonSchema> = {};
  for (const statement of sourceOf(program, 'Events.d.ts').statements) {
    if (!compiler.isInterfaceDeclaration(statement) || !statement.name.text.endsWith('Event')) continue;
    const type = checker.getTypeAtLocation(statement);
    const discriminator = type.getProperty('type');
    const eventType = discriminator && checker.getTypeOfSymbol(discriminator);
    if (!eventType?.isStringLiteral() || !isWantedEvent(eventType.value)) continue;
    const schema = builder.convert(type, 'response');
    if (schema) events[eventType.value] = schema;
  }
  return events;
}

function* deriveOperations(
  compiler: Compiler,
  program: ts.Program,
  builder: SchemaBuilder,
  file: string,
  event: JsonSchema,
): Generator<[Route, Operation]> {
  const routes = deriveRoutes(compiler, join(resourcesDir, file.replace(/\.d\.ts$/, '.js')));
  for (const statement of sourceOf(program, file).statements) {
    if (!compiler.isClassDeclaration(statement)) continue;
    for (const member of statement.members) {
      if (!compiler.isMethodDeclaration(member)) continue;
      const operationId = `${statement.name?.text}.${member.name.getText()}`;
      const route = routes.get(operationId);
      if (!route || !isWantedOperation(route.path)) continue;
      const response =
        file === 'Events.d.ts'
          ? eventResponse(operationId, event)
          : deriveResponse(compiler, program.getTypeChecker(), builder, member);
      const request = deriveRequest(program.getTypeChecker(), builder, member);
      yield [route, describeOperation(operationId, route, request, response)];
    }
  }
}

function describeOperation(
  operationId: string,
  route: Route,
  request: JsonSchema | undefined,
  response: JsonSchema,
): Operation {
  const operation: Operation = {
    operationId,
    responses: { 200: { content: { 'application/json': { schema: response } } } },
  };
  if (request && route.method === 'post') {
    operation.requestBody = { content: { 'application/x-www-form-urlencoded': { schema: request } } };
  } else if (request) {
    operation['x-query-schema'] = request;
  }
  return operation;
}

function deriveRequest(
  checker: ts.TypeChecker,
  builder: SchemaBuilder,
  method: ts.MethodDeclaration,
): JsonSchema | undefined {
  const parameter = method.parameters.find(({ name }) => name.getText() === 'params');
  return parameter?.type && builder.convert(checker.getTypeFromTypeNode(parameter.type), 'request');
}

function deriveResponse(
  compiler: Compiler,
  checker: ts.TypeChecker,
  builder: SchemaBuilder,
  method: ts.MethodDeclaration,
): JsonSchema {
  const { type } = method;
  const item = type && compiler.isTypeReferenceNode(type) ? type.typeArguments?.[0] : undefined;
  if (!type || !compiler.isTypeReferenceNode(type) || !item) {
    throw new Error(`Cannot tell what ${method.getText()} answers.`);
  }
  const container = type.typeName.getText();
  // Promise<Response<Refund>>, ApiListPromise<Refund> or ApiSearchResultPromise<Refund>
  const payload =
    compiler.isTypeReferenceNode(item) && item.typeName.getText() === 'Response' ? item.typeArguments?.[0] : item;
  const schema = payload && builder.convert(checker.getTypeFromTypeNode(payload), 'response');
  if (!schema) throw new Error(`Cannot tell what ${method.getText()} answers.`);
  if (container === 'ApiListPromise') return listOf(schema, 'list');
  if (container === 'ApiSearchResultPromise') return listOf(schema, 'search_result');
  return schema;
}

function eventResponse(operationId: string, event: JsonSchema): JsonSchema {
  const reference = { $ref: `${COMPONENT_PREFIX}Event` };
  return operationId.endsWith('.list') ? listOf(reference, 'list') : event;
}

function listOf(items: JsonSchema, kind: 'list' | 'search_result'): JsonSchema {
  return {
    type: 'object',
    required: ['object', 'data', 'has_more', 'url'],
    properties: {
      object: { const: kind },
      data: { type: 'array', items },
      has_more: { type: 'boolean' },
      url: { type: 'string' },
    },
  };
}

function reachableComponents(components: Record<string, JsonSchema>, roots: unknown): Record<string, JsonSchema> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key !== '$ref' || typeof value !== 'string') {
        visit(value);
        continue;
      }
      const name = value.slice(COMPONENT_PREFIX.length);
      if (names.has(name)) continue;
      names.add(name);
      visit(components[name]);
    }
  };
  visit(roots);
  return Object.fromEntries([...names].sort().map((name) => [name, components[name] as JsonSchema]));
}
