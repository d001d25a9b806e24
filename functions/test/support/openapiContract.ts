import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { API_URL } from './suite.ts';

interface OpenApiDocument {
  readonly paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
}

interface Contract {
  readonly document: OpenApiDocument;
  /** Path templates, those with fewer parameters first. */
  readonly templates: readonly { readonly path: string; readonly pattern: RegExp }[];
  readonly ajv: Ajv2020;
  readonly validators: Map<string, ValidateFunction>;
}

let loading: Promise<Contract> | undefined;

/** The OpenAPI document that the API serves. */
export async function openApi(): Promise<OpenApiDocument> {
  return (await contract()).document;
}

function contract(): Promise<Contract> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Contract> {
  return compiled((await (await fetch(`${API_URL}/openapi.json`)).json()) as OpenApiDocument);
}

function compiled(document: OpenApiDocument): Contract {
  // The document as a whole isn't a schema, so it can't be validated as one.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
  ajv.addSchema(document, 'api');
  const templates = Object.keys(document.paths)
    .sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')))
    .map((path) => ({ path, pattern: patternOf(path) }));
  return { document, templates, ajv, validators: new Map() };
}

/** Returns how an answer violates the served document; nothing for paths that don't exist. */
export async function contractProblems(...answer: Answer): Promise<string[]> {
  return problemsOf(await contract(), ...answer);
}

/** Returns a check of answers against a given document, which isn't served. */
export function contractOf(document: object): { problems(...answer: Answer): string[] } {
  const made = compiled(document as OpenApiDocument);
  return { problems: (...answer) => problemsOf(made, ...answer) };
}

type Answer = [method: string, path: string, response: Pick<Response, 'status' | 'headers'>, text: string];

function problemsOf(
  { document, templates, ajv, validators }: Contract,
  ...[method, path, response, text]: Answer
): string[] {
  const bare = `/api${path.split('?')[0]?.replace(/^\/api(?=\/)/, '')}`;
  const template = templates.find(({ pattern }) => pattern.test(bare))?.path;
  const operation = template ? document.paths[template]?.[method.toLowerCase()] : undefined;
  if (!template || !operation) return [];
  if (!operation.responses[response.status]) return [`status ${response.status} is not documented for ${template}`];
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (!operation.responses[response.status]?.content?.[type]) return [`${type} is not documented for ${template}`];
  const pointer = [
    'paths',
    template,
    method.toLowerCase(),
    'responses',
    String(response.status),
    'content',
    type,
    'schema',
  ]
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const validator = validators.get(pointer) ?? ajv.compile({ $ref: `api#/${pointer}` });
  validators.set(pointer, validator);
  return validator(type === 'application/json' ? JSON.parse(text) : text)
    ? []
    : (validator.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

function patternOf(template: string): RegExp {
  const pattern = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`);
}
