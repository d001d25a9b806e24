import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const MAX_COLUMNS = 120;
const WRITTEN_BY_HAND = ['ts', 'tsx', 'mts', 'mjs', 'css', 'html', 'md'].map((ending) => `*.${ending}`);

/** Returns whether a line is a row of a Markdown table, which can't be split into several lines. */
const isTableRow = (file: string, line: string) => file.endsWith('.md') && line.startsWith('|');

it('no line of a source or a document is longer than 120 columns', () => {
  const list = execFileSync('git', ['ls-files', '-z', ...WRITTEN_BY_HAND], { cwd: ROOT, encoding: 'utf8' });
  const files = list.split('\0').filter(Boolean);
  expect(files).toContain('README.md');

  const tooLong = files.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .map((line, index) => ({ line, place: `${file}:${index + 1}` }))
      .filter(({ line }) => line.length > MAX_COLUMNS && !isTableRow(file, line))
      .map(({ place }) => place),
  );

  expect(tooLong).toEqual([]);
});
