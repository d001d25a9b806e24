import { manifest } from './manifest.ts';

/** Parses a manifest as Java does: joins continuation lines. */
function parse(text: string): Record<string, string> {
  const lines = text.replace(/\r\n /g, '').trimEnd().split('\r\n');
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)));
}

describe('manifest', () => {
  it.each([10, 59, 60, 61, 130, 131, 132, 500])('limits lines to 72 bytes for a value of %i characters', (length) => {
    const value = 'x'.repeat(length);
    const text = manifest({ 'Class-Path': value });
    for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(72);
    expect(parse(text)).toEqual({ 'Manifest-Version': '1.0', 'Class-Path': value });
  });

  it('ends with an empty line, without which Java drops the last attribute', () => {
    expect(manifest({ 'Main-Class': 'a.B' })).toBe('Manifest-Version: 1.0\r\nMain-Class: a.B\r\n\r\n');
  });
});
