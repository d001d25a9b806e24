import ts from 'typescript-5';
import { throwsTextOf } from './docstring.ts';
import type { Outcome } from './outcome.ts';

/** A named function or method, and the errors that it can throw. */
export interface Unit {
  readonly name: string;
  readonly body: ts.Node;
  /** The node that has the docstring. */
  readonly declaration: ts.Node;
  /** True for an exported function, and for a method of an exported class that isn't private. */
  readonly isPublic: boolean;
  /** Text of `@throws` in the docstring, or in the interface that a method implements. */
  readonly documented: string | null;
  readonly calls: { readonly target: Unit; readonly outcome: Outcome }[];
  /** Codes of the errors that the unit's own `throw` statements create. */
  readonly ownCodes: Set<string>;
  /** Codes of the errors that the unit can throw, including errors of its callees. */
  readonly codes: Set<string>;
  canThrow: boolean;
}

/** Returns all units of the sources, by the node that calls refer to. */
export function unitsOf(sources: readonly ts.SourceFile[], checker: ts.TypeChecker): Map<ts.Node, Unit> {
  const units = new Map<ts.Node, Unit>();
  const add = (node: ts.Node, unit: Pick<Unit, 'name' | 'body' | 'declaration' | 'isPublic' | 'documented'>): void => {
    units.set(node, { ...unit, calls: [], ownCodes: new Set(), codes: new Set(), canThrow: false });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.body && node.name) {
      const { body, name } = node;
      const documented = throwsTextOf(node);
      add(node, { name: name.text, body, declaration: node, isPublic: isExported(node), documented });
    } else if (isMethodOfClass(node) && node.body) {
      add(node, { ...methodOf(node, checker), body: node.body });
    } else if (ts.isVariableDeclaration(node) && node.initializer && isFunctionExpression(node.initializer)) {
      const declaration = ts.isVariableStatement(node.parent.parent) ? node.parent.parent : node;
      const documented = throwsTextOf(declaration);
      const { body } = node.initializer;
      add(node.initializer, {
        name: node.name.getText(),
        body,
        declaration,
        isPublic: isExported(declaration),
        documented,
      });
    }
    ts.forEachChild(node, visit);
  };
  for (const source of sources) visit(source);
  return units;
}

type Method = ts.MethodDeclaration | ts.ConstructorDeclaration | ts.AccessorDeclaration;

function isMethodOfClass(node: ts.Node): node is Method {
  const isMethod = ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node) || ts.isAccessor(node);
  return isMethod && ts.isClassLike(node.parent);
}

function methodOf(method: Method, checker: ts.TypeChecker) {
  const owner = method.parent as ts.ClassLikeDeclaration;
  const name = method.name?.getText() ?? 'constructor';
  const isHidden = name.startsWith('#') || hasModifier(method, ts.SyntaxKind.PrivateKeyword);
  return {
    name: `${owner.name?.text ?? 'class'}.${name}`,
    declaration: method,
    isPublic: isExported(owner) && !isHidden,
    documented: throwsTextOf(method) ?? textOfInterface(owner, name, checker),
  };
}

/** Returns the text of `@throws` of a method in the class's interfaces, or of an interface as a whole. */
function textOfInterface(owner: ts.ClassLikeDeclaration, name: string, checker: ts.TypeChecker): string | null {
  const implemented = (owner.heritageClauses ?? []).flatMap(({ types }) => [...types]);
  const places = implemented
    .flatMap((type) => checker.getTypeAtLocation(type).getProperty(name)?.declarations ?? [])
    .flatMap((declaration) => [declaration, declaration.parent]);
  return places.map(throwsTextOf).find((text) => text !== null) ?? null;
}

export function isFunctionExpression(node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

function isExported(node: ts.Node): boolean {
  return hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function hasModifier(node: ts.Node, wanted: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === wanted);
}
