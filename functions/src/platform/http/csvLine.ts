/** What can stand in a cell; null is an empty one. */
export type CsvCell = string | number | null | undefined;

/** What a spreadsheet would take for a formula, also behind spaces, and in the forms of East Asian keyboards. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u;

/** One line (https://www.rfc-editor.org/rfc/rfc4180) in which no text is ever run as a formula by a spreadsheet. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(render).join(',')}\r\n`;
}

function render(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  // A number is ours; a text may be anybody's.
  if (typeof cell === 'number') return String(cell);
  const inert = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(inert) || inert !== inert.trim() ? `"${inert.replaceAll('"', '""')}"` : inert;
}
