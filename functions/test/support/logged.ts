import { format } from 'node:util';

export type Level = 'info' | 'warn' | 'error';

/** What a line of the product's log says besides its message. */
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

/** Keeps what was given to the console, where the product's logger writes as well. */
export function keepLine(level: Level, args: readonly unknown[]): void {
  const line = lineOf(level, format(...args));
  lines.push(line);
  if (level !== 'info') unasserted.push(line);
}

/**
 * The warnings and errors that were logged with this message since they were last taken. A test asserts them; those
 * that no test takes fail it.
 */
export function takeLogged(message: string): Fields[] {
  const taken = unasserted.filter((line) => line.message === message);
  unasserted = unasserted.filter((line) => line.message !== message);
  return taken.map(({ fields }) => fields);
}

/** All warnings and errors that nobody has taken yet. */
export function takeComplaints(): Complaint[] {
  const left = unasserted;
  unasserted = [];
  return left.map(({ message, fields }) => ({ message, ...fields }));
}

/** All that was logged since the last call, as text. */
export function takeLines(): string[] {
  const all = lines.map(textOf);
  lines = [];
  return all;
}

/** The functions' logger gives one line of JSON, with a stack behind the message of an error. */
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
