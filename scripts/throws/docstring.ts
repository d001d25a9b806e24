import ts from 'typescript-5';

const CODES = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;

/** Returns the text of `@throws` in the docstring of a declaration; null without the tag. */
export function throwsTextOf(declaration: ts.Node): string | null {
  const tags = ts.getJSDocTags(declaration).filter(({ tagName }) => tagName.text === 'throws');
  return tags.length === 0 ? null : tags.map((tag) => tag.getText()).join(' ');
}

/** Returns the error codes in a text. */
export function codesIn(text: string): string[] {
  return text.match(CODES) ?? [];
}

/** Returns whether a text of `@throws` is about AppErrors, not about bugs and outages. */
export function isOfAppErrors(text: string): boolean {
  return /\bAppError\b/.test(text) || codesIn(text).length > 0;
}
