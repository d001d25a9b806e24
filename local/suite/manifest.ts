const longestLine = 72;

/** Returns the text of a META-INF/MANIFEST.MF. Values are ASCII. Lines over 72 bytes continue on the next line. */
export function manifest(attributes: Record<string, string>): string {
  const lines = Object.entries({ 'Manifest-Version': '1.0', ...attributes }).flatMap(([name, value]) =>
    wrap(`${name}: ${value}`),
  );
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function wrap(line: string): string[] {
  const lines = [line.slice(0, longestLine)];
  for (let start = longestLine; start < line.length; start += longestLine - 1) {
    lines.push(` ${line.slice(start, start + longestLine - 1)}`);
  }
  return lines;
}
