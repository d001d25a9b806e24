import { ERRORS, type ErrorCode } from '../../functions/src/platform/errors/errorRegistry.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** Returns the text of `docs/reference/errors.md`: all codes of errors in answers, with their statuses. */
export function errorReference(): string {
  const rows = CODES.map((code) => [`\`${code}\``, statusesOf(code), ERRORS[code].title]);
  return `# Errors

An answer that isn't a success has the body
\`{"success": false, "error": {"code", "message", "details", "requestId"}}\`. Programs decide by the code. A message may
change with any version, and is there for people. \`Retry-After\` says after how many seconds the same request may
succeed; a 503 or 504 is safe to send again with the same \`Idempotency-Key\`.

The OpenAPI document says which of these codes a route may answer with. This page is made from
\`functions/src/platform/errors/errorRegistry.ts\` by \`node scripts/run.mjs reference\`.

${table(['code', 'status', 'meaning'], rows)}`;
}

function statusesOf(code: ErrorCode): string {
  const entry = ERRORS[code];
  return 'statusOfCredential' in entry ? `${entry.statusOfCredential} or ${entry.status}` : String(entry.status);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('');
}
