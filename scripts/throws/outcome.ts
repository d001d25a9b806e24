import ts from 'typescript-5';

/** The errors that come out of a piece of code. */
export interface Outcome {
  /** True if no error comes out. */
  readonly isSwallowed: boolean;
  /** Codes of errors that are caught and not thrown again. */
  readonly except: ReadonlySet<string>;
}

export const EVERYTHING: Outcome = { isSwallowed: false, except: new Set() };
export const NOTHING: Outcome = { isSwallowed: true, except: new Set() };

/** Returns the outcome of a piece of code inside another piece. */
export function within(outer: Outcome, inner: Outcome): Outcome {
  return { isSwallowed: outer.isSwallowed || inner.isSwallowed, except: new Set([...outer.except, ...inner.except]) };
}

/** Returns the outcome of code whose errors are caught by a `catch` with this variable and body. */
export function outcomeOf(caught: ts.BindingName | undefined, body: ts.Node): Outcome {
  if (!caught || !ts.isIdentifier(caught)) return NOTHING;
  const rethrows = throwsIn(body).filter(({ expression }) => expression.getText() === caught.text);
  if (rethrows.length === 0) return NOTHING;
  // After an unconditional `throw` every error comes out. Otherwise the codes that the body names do not come out.
  if (rethrows.some(({ parent }) => parent === body)) return EVERYTHING;
  const named = body.getText().match(/'[A-Z][A-Z0-9_]+'/g) ?? [];
  return { isSwallowed: false, except: new Set(named.map((quoted) => quoted.slice(1, -1))) };
}

function throwsIn(node: ts.Node): ts.ThrowStatement[] {
  const found: ts.ThrowStatement[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isThrowStatement(child)) found.push(child);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}
