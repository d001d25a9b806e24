/** Text that is known to be safe as HTML. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** Builds HTML; whatever is put into it is escaped, unless it was built by this function itself. */
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
