import { csvLine } from './csvLine.ts';

it('quotes cells that contain separators, quotes, line breaks or outer spaces', () => {
  expect(csvLine(['a', 1, null, undefined, 'b,c', 'say "x"', 'two\r\nlines', ' spaced '])).toBe(
    'a,1,,,"b,c","say ""x""","two\r\nlines"," spaced "\r\n',
  );
});

it.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '  =1',
  '\u00a0=1',
  '\ufeff=1',
  '\u0000=1',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  '=HYPERLINK("http://x","y")',
])('escapes %j, which a spreadsheet would run as a formula', (text) => {
  expect(csvLine([text])).toMatch(/^"?'/);
});

it('does not escape numbers', () => {
  expect(csvLine([-3, 0])).toBe('-3,0\r\n');
});
