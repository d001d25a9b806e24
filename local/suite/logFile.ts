import { createWriteStream, mkdirSync, readFileSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** Collects the output of one process in a file, and shows each line to a listener. */
export class LogFile {
  readonly path: string;
  readonly #file: WriteStream;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = createWriteStream(path);
  }

  /** Reads a stream to its end. */
  collect(stream: Readable, onLine: (line: string) => void): void {
    createInterface({ input: stream }).on('line', (raw) => {
      const line = stripVTControlCharacters(raw);
      this.#file.write(`${line}\n`);
      onLine(line);
    });
  }

  /** The last lines, for a message about what went wrong. */
  async tail(count: number): Promise<string> {
    await new Promise((resolve) => this.#file.write('', resolve));
    const lines = readFileSync(this.path, 'utf8').split('\n');
    // Without empty lines and the tables that firebase-tools draws.
    return lines
      .filter((line) => /^\s*[^\s┌├└│]/.test(line))
      .slice(-count)
      .join('\n');
  }
}

// Said by firebase-tools at every start, and of no use to anybody here.
const noise = [
  'Env variable override detected',
  'Java version < 21',
  'install a JDK at version 21',
  'The Emulator UI is not starting',
  'running in a CI environment',
  'running multiple instances of the emulator suite',
];

/** Whether a line of firebase-tools' output is a warning or an error that a person should see at once. */
export function isWorthShowing(line: string): boolean {
  const warning = /^\s*(⚠|✖|Error\b)/.test(line) || /^>\s+\{.*"severity":"(ERROR|CRITICAL|ALERT|EMERGENCY)"/.test(line);
  return warning && !noise.some((text) => line.includes(text));
}
