import type { EntryKind } from '@cloud-bridge/ledger';
import type { Statement } from './statement.ts';

/** Titles for the kinds of entries. */
const TITLE_OF_KIND: Readonly<Record<EntryKind, string>> = {
  purchase: 'Purchases',
  grant: 'Grants',
  revocation: 'Taken back after refunds and disputes',
  reinstatement: 'Given back after disputes',
  adjustment: 'Corrections',
  charge: 'Charges',
  hold: 'Set aside by holds',
  capture: 'Captures: unspent part of holds returned, excess taken',
  release: 'Given back from released holds',
  hold_expiry: 'Given back from expired holds',
  hold_extension: 'Extensions of holds',
  expiry: 'Expired credits',
  closure: 'Lapsed when the wallet was closed',
};

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
p { color: #57606a; margin-top: .25rem; }
table { width: 100%; border-collapse: collapse; margin: 1.5rem 0; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid #d8dee4; text-align: right;
  font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
tr.balance td { font-weight: 600; background: #f6f8fa; }
@media print {
  @page { margin: 2cm; }
  body { max-width: none; margin: 0; font-size: 11pt; }
  table { break-inside: avoid; }
  tr.balance td { background: none; }
}`;

/** Renders a statement as a self-contained HTML page, which can also be printed. */
export async function* statementPage(statement: Statement): AsyncGenerator<string> {
  const { walletId, month, from, to, isFinal } = statement;
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Statement ${escaped(month)}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>Statement of account, ${escaped(month)}</h1>
<p>Wallet ${escaped(walletId)}, ${escaped(from)} to ${escaped(to)} (UTC)${isFinal ? '' : ', so far'}.
All figures are credits.</p>
`;
  yield movementTable(statement);
  yield operationTable(statement);
  yield '</body>\n</html>\n';
}

function movementTable(statement: Statement): string {
  const { movements, openingBalanceCredits, closingBalanceCredits } = statement;
  const rows = [
    `<tr class="balance">${cells('Opening balance', '', number(openingBalanceCredits))}</tr>`,
    ...movements.map(
      ({ kind, entries, amountCredits }) =>
        `<tr>${cells(TITLE_OF_KIND[kind], number(entries), signed(amountCredits))}</tr>`,
    ),
    `<tr class="balance">${cells('Closing balance', '', number(closingBalanceCredits))}</tr>`,
    `<tr>${cells('Spent for good', '', number(statement.spentCredits))}</tr>`,
    `<tr>${cells('Expired', '', number(statement.expiredCredits))}</tr>`,
    `<tr>${cells('Change of credits in open holds', '', signed(statement.heldChangeCredits))}</tr>`,
  ];
  return table('Available credits', ['', 'Transactions', 'Credits'], rows);
}

function operationTable({ operations }: Statement): string {
  if (operations.length === 0) return '';
  const rows = operations.map(
    ({ operation, succeededCalls, failedCalls, spentCredits }) =>
      `<tr>${cells(operation, number(succeededCalls), number(failedCalls), number(spentCredits))}</tr>`,
  );
  return table('Operations', ['Operation', 'Succeeded', 'Failed', 'Spent'], rows);
}

function table(caption: string, heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((title) => `<th scope="col">${escaped(title)}</th>`).join('');
  const top = `<caption>${escaped(caption)}</caption>\n<thead><tr>${head}</tr></thead>`;
  return `<table>\n${top}\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>\n`;
}

function cells(...texts: string[]): string {
  return texts.map((text) => `<td>${escaped(text)}</td>`).join('');
}

function number(credits: number): string {
  return credits.toLocaleString('en');
}

function signed(credits: number): string {
  return credits > 0 ? `+${number(credits)}` : number(credits);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
