/** The value of a cell; null and undefined make an empty cell. */
export type CsvCell = string | number | null | undefined;

/** Text that a spreadsheet would run as a formula, even after spaces; includes the full-width signs of East Asia. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u;

/** Renders a line of CSV (https://www.rfc-editor.org/rfc/rfc4180) and escapes text that looks like a formula. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(render).join(',')}\r\n`;
}

function render(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  // Numbers come from us; text may come from anybody.
  if (typeof cell === 'number') return String(cell);
  const inert = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(inert) || inert !== inert.trim() ? `"${inert.replaceAll('"', '""')}"` : inert;
}
