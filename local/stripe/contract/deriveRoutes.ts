import { readFileSync } from 'node:fs';
import type ts from 'typescript-5';
import type { Compiler } from './compiler.ts';
import type { HttpMethod } from './contractTypes.ts';

/** Where a method of the SDK sends its request. */
export interface Route {
  method: HttpMethod;
  /** Path template, for example `/v1/refunds/{id}`. */
  path: string;
}

/**
 * Reads the routes out of one of the SDK's resource modules: its types say what is sent, only its code says where to.
 *
 * @param file a `.js` file of the package's `resources` folder
 * @returns routes by `Class.method`, for example `RefundResource.create`
 */
export function deriveRoutes(compiler: Compiler, file: string): Map<string, Route> {
  const source = compiler.createSourceFile(file, readFileSync(file, 'utf8'), compiler.ScriptTarget.ES2022, true);
  const routes = new Map<string, Route>();
  for (const statement of source.statements) {
    if (!compiler.isClassDeclaration(statement) || !statement.name) continue;
    for (const member of statement.members) {
      if (!compiler.isMethodDeclaration(member)) continue;
      const call = findRequestCall(compiler, member);
      const route = call && routeOf(compiler, call);
      if (route) routes.set(`${statement.name.text}.${member.name.getText()}`, route);
    }
  }
  return routes;
}

function findRequestCall(compiler: Compiler, node: ts.Node): ts.CallExpression | undefined {
  if (
    compiler.isCallExpression(node) &&
    compiler.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === '_makeRequest'
  ) {
    return node;
  }
  return compiler.forEachChild(node, (child) => findRequestCall(compiler, child));
}

function routeOf(compiler: Compiler, call: ts.CallExpression): Route | undefined {
  const [method, path] = call.arguments;
  if (!method || !path || !compiler.isStringLiteral(method)) return undefined;
  const template = pathTemplate(compiler, path);
  return template === undefined ? undefined : { method: method.text.toLowerCase() as HttpMethod, path: template };
}

/** Turns `` `/v1/refunds/${encodeURIComponent(id)}` `` into `/v1/refunds/{id}`. */
function pathTemplate(compiler: Compiler, node: ts.Expression): string | undefined {
  if (compiler.isStringLiteralLike(node)) return node.text;
  if (!compiler.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(({ expression, literal }) => {
    const value = compiler.isCallExpression(expression) ? expression.arguments[0] : expression;
    return `{${value?.getText()}}${literal.text}`;
  });
  return node.head.text + spans.join('');
}
