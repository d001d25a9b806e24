import { createWriteStream, mkdirSync, readFileSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** Writes the output of a process to a file, and passes each line to a listener. */
export class LogFile {
  readonly path: string;
  readonly #file: WriteStream;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = createWriteStream(path);
  }

  /** Collects the lines of a stream until its end. */
  collect(stream: Readable, onLine: (line: string) => void): void {
    createInterface({ input: stream }).on('line', (raw) => {
      const line = stripVTControlCharacters(raw);
      this.#file.write(`${line}\n`);
      onLine(line);
    });
  }

  /** Returns the last lines of the log, for an error message. */
  async tail(count: number): Promise<string> {
    await new Promise((resolve) => this.#file.write('', resolve));
    const lines = readFileSync(this.path, 'utf8').split('\n');
    // Leaves out empty lines, and the tables that firebase-tools draws.
    return lines
      .filter((line) => /^\s*[^\s┌├└│]/.test(line))
      .slice(-count)
      .join('\n');
  }
}

// Warnings that firebase-tools prints at every start and that don't matter here.
const noise = [
  'Env variable override detected',
  'Java version < 21',
  'install a JDK at version 21',
  'The Emulator UI is not starting',
  'running in a CI environment',
  'running multiple instances of the emulator suite',
];

/** Returns whether a line of firebase-tools' output is a warning or an error that a person should see at once. */
export function isWorthShowing(line: string): boolean {
  const warning = /^\s*(⚠|✖|Error\b)/.test(line) || /^>\s+\{.*"severity":"(ERROR|CRITICAL|ALERT|EMERGENCY)"/.test(line);
  return warning && !noise.some((text) => line.includes(text));
}
