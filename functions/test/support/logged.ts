import { format } from 'node:util';

export type Level = 'info' | 'warn' | 'error';

/** The fields of a log line, besides its message. */
type Fields = Readonly<Record<string, unknown>>;

/** A warning or an error. */
export interface Complaint extends Fields {
  readonly message: string;
}

interface Line {
  readonly level: Level;
  readonly message: string;
  readonly fields: Fields;
}

let lines: Line[] = [];
/** Warnings and errors that no test has asserted yet. */
let unasserted: Line[] = [];

/** Keeps a line that was written to the console; the product's logger writes there, too. */
export function keepLine(level: Level, args: readonly unknown[]): void {
  const line = lineOf(level, format(...args));
  lines.push(line);
  if (level !== 'info') unasserted.push(line);
}

/**
 * Takes the warnings and errors with this message that were logged since the last take. A test asserts them; warnings
 * and errors that no test takes fail the test.
 */
export function takeLogged(message: string): Fields[] {
  const taken = unasserted.filter((line) => line.message === message);
  unasserted = unasserted.filter((line) => line.message !== message);
  return taken.map(({ fields }) => fields);
}

/** Takes all remaining warnings and errors. */
export function takeComplaints(): Complaint[] {
  const left = unasserted;
  unasserted = [];
  return left.map(({ message, fields }) => ({ message, ...fields }));
}

/** Returns everything that was logged since the last call, as text. */
export function takeLines(): string[] {
  const all = lines.map(textOf);
  lines = [];
  return all;
}

/** Parses a line of the functions' logger: JSON, with a stack trace behind an error's message. */
function lineOf(level: Level, text: string): Line {
  const { severity, message, ...fields } = parsed(text);
  if (severity === undefined) return { level, message: text, fields: {} };
  const [first = ''] = String(message ?? '').split('\n    at ');
  return { level, message: level === 'error' ? first.replace(/^Error: /, '') : first, fields };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf({ level, message, fields }: Line): string {
  const details = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  return `${level} ${message}${details}`;
}
