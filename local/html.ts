/** A piece of HTML in which all foreign text is escaped. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** Builds HTML from a template. Inserted strings are escaped; pieces of `Html` are inserted as they are. */
export function html(strings: TemplateStringsArray, ...values: (string | Html | readonly Html[])[]): Html {
  const filled = values.map((value) => {
    if (value instanceof Html) return value.source;
    return typeof value === 'string' ? escapeHtml(value) : value.map(({ source }) => source).join('');
  });
  return new Html(strings.reduce((page, part, index) => page + (filled[index - 1] ?? '') + part));
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
