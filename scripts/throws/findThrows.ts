import ts from 'typescript-5';
import { codesOf } from './codesOf.ts';
import { codesIn, isOfAppErrors, throwsTextOf } from './docstring.ts';
import { EVERYTHING, NOTHING, type Outcome, outcomeOf, within } from './outcome.ts';
import { isFunctionExpression, type Unit, unitsOf } from './units.ts';

type Call = ts.CallExpression | ts.NewExpression;

/**
 * Finds the functions of a program that can throw an AppError, and the codes of the errors: from their own `throw`
 * statements, from the functions that they call, and from `@throws` in docstrings of declarations without code, such as
 * a port.
 */
export function findThrows(program: ts.Program): Unit[] {
  const checker = program.getTypeChecker();
  const sources = program.getSourceFiles().filter(({ fileName }) => !/node_modules|\.d\.ts$/.test(fileName));
  const units = unitsOf(sources, checker);
  for (const unit of units.values()) {
    if (unit.documented !== null && isOfAppErrors(unit.documented)) noteDocumented(unit, unit.documented, EVERYTHING);
    follow(unit, unit.body, EVERYTHING);
  }
  spread([...units.values()]);
  return [...units.values()];

  /** Follows the code that runs when the unit is called. */
  function follow(unit: Unit, node: ts.Node, outcome: Outcome): void {
    // Errors of work without an `await`, and of functions that are returned or stored, don't reach this unit's caller.
    const runsElsewhere = ts.isVoidExpression(node) || ts.isClassLike(node) || ts.isFunctionLike(node);
    if (runsElsewhere || outcome.isSwallowed) return;
    if (ts.isTryStatement(node)) {
      followTry(unit, node, outcome);
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      followCall(unit, node, outcome);
    } else {
      if (ts.isThrowStatement(node)) noteThrow(unit, node.expression, outcome);
      ts.forEachChild(node, (child) => follow(unit, child, outcome));
    }
  }

  function followTry(unit: Unit, { tryBlock, catchClause, finallyBlock }: ts.TryStatement, outcome: Outcome): void {
    const caught = catchClause ? outcomeOf(catchClause.variableDeclaration?.name, catchClause.block) : EVERYTHING;
    follow(unit, tryBlock, within(outcome, caught));
    if (catchClause) follow(unit, catchClause.block, outcome);
    if (finallyBlock) follow(unit, finallyBlock, outcome);
  }

  function followCall(unit: Unit, call: Call, outcome: Outcome): void {
    const given = call.arguments ?? [];
    follow(unit, call.expression, within(outcome, outcomeOfReceiver(call)));
    const inside = call.expression.getText() === 'Promise.allSettled' ? NOTHING : EVERYTHING;
    // A call that returns a function, or an object with methods, calls its function arguments only later.
    const givesFunction = checker.getTypeAtLocation(call).getCallSignatures().length > 0;
    const isDeferred = givesFunction || (ts.isNewExpression(call) && call.expression.getText() !== 'Promise');
    if (!isDeferred) for (const argument of given) followArgument(unit, argument, within(outcome, inside));
    const [reason] = given;
    if (call.expression.getText() === 'Promise.reject' && reason) noteThrow(unit, reason, outcome);
    else noteCall(unit, call, outcome);
  }

  /** Returns the outcome of a promise before `.catch(…)`. */
  function outcomeOfReceiver({ expression, arguments: given = [] as never }: Call): Outcome {
    const handler = given[0];
    if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'catch' || !handler) return EVERYTHING;
    return isFunctionExpression(handler) ? outcomeOf(handler.parameters[0]?.name, handler.body) : NOTHING;
  }

  /** Follows a function that is passed as argument, because the callee calls it for the unit. */
  function followArgument(unit: Unit, argument: ts.Expression, outcome: Outcome): void {
    if (isFunctionExpression(argument)) {
      follow(unit, argument.body, outcome);
      return;
    }
    const isName = ts.isIdentifier(argument) || ts.isPropertyAccessExpression(argument);
    const target = isName ? unitNamed(checker.getSymbolAtLocation(argument)) : undefined;
    if (target && !outcome.isSwallowed) unit.calls.push({ target, outcome });
    follow(unit, argument, outcome);
  }

  function noteCall(unit: Unit, call: Call, outcome: Outcome): void {
    const declaration = checker.getResolvedSignature(call)?.declaration as ts.Node | undefined;
    const symbol = checker.getSymbolAtLocation(call.expression);
    const target = (declaration && units.get(declaration)) ?? unitNamed(symbol);
    if (target) {
      unit.calls.push({ target, outcome });
      return;
    }
    const places = [declaration, declaration?.parent, ...(symbol?.declarations ?? [])];
    const said = places.map((place) => place && throwsTextOf(place)).find((text) => text && isOfAppErrors(text));
    if (said) noteDocumented(unit, said, outcome);
  }

  function unitNamed(symbol: ts.Symbol | undefined): Unit | undefined {
    const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const declarations = (isAlias ? checker.getAliasedSymbol(symbol) : symbol)?.declarations ?? [];
    const nodes = declarations.map((node) => (ts.isVariableDeclaration(node) ? node.initializer : node));
    return nodes.map((node) => node && units.get(node)).find((unit) => unit !== undefined);
  }

  function noteThrow(unit: Unit, expression: ts.Expression, { except }: Outcome): void {
    if (!isAppError(checker.getTypeAtLocation(expression))) return;
    unit.canThrow = true;
    for (const code of codesOf(expression, checker)) {
      if (except.has(code)) continue;
      unit.ownCodes.add(code);
      unit.codes.add(code);
    }
  }

  function isAppError(type: ts.Type): boolean {
    if (type.isUnion()) return type.types.some(isAppError);
    return type.symbol?.name === 'AppError' || (type.getBaseTypes() ?? []).some(isAppError);
  }
}

function noteDocumented(unit: Unit, text: string, { except }: Outcome): void {
  unit.canThrow = true;
  for (const code of codesIn(text)) if (!except.has(code)) unit.codes.add(code);
}

/** Adds the errors of callees to their callers, until nothing changes. */
function spread(units: readonly Unit[]): void {
  let isChanged = true;
  while (isChanged) isChanged = units.filter(takeOver).length > 0;
}

/** Adds the errors of a unit's callees to the unit; returns true when the unit changed. */
function takeOver(unit: Unit): boolean {
  const { canThrow, codes } = unit;
  const before = codes.size;
  for (const { target, outcome } of unit.calls) {
    const passed = [...target.codes].filter((code) => !outcome.except.has(code));
    const isOver = !target.canThrow || (target.codes.size > 0 && passed.length === 0);
    if (isOver) continue;
    unit.canThrow = true;
    for (const code of passed) codes.add(code);
  }
  return unit.canThrow !== canThrow || codes.size > before;
}
