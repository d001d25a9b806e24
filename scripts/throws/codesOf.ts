import ts from 'typescript-5';

const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

/** Returns the literal codes in an expression that creates an error, or in the functions that the expression calls. */
export function codesOf(expression: ts.Expression, checker: ts.TypeChecker, seen = new Set<ts.Node>()): string[] {
  const codes = (inner: ts.Expression) => codesOf(inner, checker, seen);
  if (ts.isParenthesizedExpression(expression)) return codes(expression.expression);
  if (ts.isConditionalExpression(expression)) return [...codes(expression.whenTrue), ...codes(expression.whenFalse)];
  if (ts.isBinaryExpression(expression)) return [...codes(expression.left), ...codes(expression.right)];
  if (ts.isIdentifier(expression)) {
    const declaration = checker.getSymbolAtLocation(expression)?.valueDeclaration;
    const isVariable = declaration && ts.isVariableDeclaration(declaration);
    return isVariable && declaration.initializer ? codes(declaration.initializer) : [];
  }
  if (!ts.isCallExpression(expression) && !ts.isNewExpression(expression)) return [];
  const written = (expression.arguments ?? []).flatMap((argument) => literalsOf(argument, checker));
  if (written.length > 0) return written;
  const maker = checker.getResolvedSignature(expression)?.declaration as ts.SignatureDeclaration | undefined;
  if (!maker || seen.has(maker)) return [];
  seen.add(maker);
  return madeBy(maker).flatMap(codes);
}

/** Returns the literal codes that an argument can have. */
function literalsOf(argument: ts.Expression, checker: ts.TypeChecker): string[] {
  if (!ts.isStringLiteralLike(argument) && !ts.isConditionalExpression(argument)) return [];
  const type = checker.getTypeAtLocation(argument);
  const values = (type.isUnion() ? type.types : [type]).map((each) => (each.isStringLiteral() ? each.value : ''));
  return values.filter((value) => CODE.test(value));
}

/** Returns the expressions that a function returns, or that a constructor passes to its parent's constructor. */
function madeBy(maker: ts.SignatureDeclaration): ts.Expression[] {
  const body = 'body' in maker ? (maker.body as ts.Node | undefined) : undefined;
  if (!body) return [];
  if (!ts.isBlock(body)) return [body as ts.Expression];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) found.push(node);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}
