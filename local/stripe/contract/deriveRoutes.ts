import { readFileSync } from 'node:fs';
import type ts from 'typescript-5';
import type { Compiler } from './compiler.ts';
import type { HttpMethod } from './contractTypes.ts';

/** HTTP method and path of the requests of an SDK method. */
export interface Route {
  method: HttpMethod;
  /** Path template, for example `/v1/refunds/{id}`. */
  path: string;
}

/**
 * Reads the routes from the code of one of the SDK's resource modules, because the SDK's types don't have the paths.
 *
 * @param file a `.js` file in the package's `resources` folder
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

/** Converts an expression such as `` `/v1/refunds/${encodeURIComponent(id)}` `` to `/v1/refunds/{id}`. */
function pathTemplate(compiler: Compiler, node: ts.Expression): string | undefined {
  if (compiler.isStringLiteralLike(node)) return node.text;
  if (!compiler.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(({ expression, literal }) => {
    const value = compiler.isCallExpression(expression) ? expression.arguments[0] : expression;
    return `{${value?.getText()}}${literal.text}`;
  });
  return node.head.text + spans.join('');
}
