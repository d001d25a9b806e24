import { AppError } from './appError.ts';
import { isRecord } from './isRecord.ts';
import type { Logger } from './logger.ts';

/** An address, also as JSON writes it (`https:\/\/`), up to what can't be part of one. */
const ADDRESS = /\b[a-z][a-z0-9+.-]{0,20}:(?:\\?\/){2}[^\s"'<>`]*/gi;
/** An address inside another's query, or alone: a percent stands for its slashes. */
const ENCODED_ADDRESS = /\b[a-z][a-z0-9+.-]{0,20}%3A%2F%2F[^\s"'<>`&]*/gi;
/** Deep enough for everything that is logged; what lies below is left out. */
const MAX_DEPTH = 8;

/**
 * A text without what stands behind the origin of the addresses in it: nodes, webhooks and payment pages have keys in
 * their paths and queries. Files keep their paths, which lead through a stack.
 */
export function cleanText(text: string): string {
  const isWithout = !text.includes('//') && !/%3A%2F%2F/i.test(text) && !text.includes('\\/');
  if (isWithout) return text;
  return text.replace(ADDRESS, originOf).replace(ENCODED_ADDRESS, (address) => `${address.split('%')[0]}%3A%2F%2F…`);
}

function originOf(address: string): string {
  if (/^file:/i.test(address)) return address;
  const plain = address.replaceAll('\\/', '/');
  if (!URL.canParse(plain)) return `${plain.split(':')[0]}://…`;
  const { protocol, host, pathname, search, hash, username, password } = new URL(plain);
  const isMore = pathname.length > 1 || [search, hash, username, password].some((part) => part !== '');
  return `${protocol}//${host}${isMore ? '/…' : ''}`;
}

/** Anything that is logged, with every text in it cleaned: fields, names of fields, errors and their causes. */
export function cleanValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Error) return storyOf(value, depth);
  if (value instanceof URL) return cleanText(value.href);
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') return cleanValue(value.toJSON(), depth + 1);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [cleanText(name), cleanValue(part, depth + 1)]),
  );
}

/**
 * An error that may be told to whoever logs it: its stack and those of its causes, cleaned, and nothing else of it but
 * the code of an error of ours.
 */
export function cleanError(thrown: unknown): Error {
  const message = cleanText(thrown instanceof Error ? thrown.message : String(thrown));
  const cleaned = thrown instanceof AppError ? new AppError(thrown.code, message) : new Error(message);
  cleaned.stack = String(cleanValue(thrown));
  return cleaned;
}

/** Shorter parts of an address, such as `v2`, are no keys, and would be found in other words. */
const MIN_KEY_LENGTH = 8;

/**
 * The same for an error of a service whose address is a secret: what it answered may repeat a part of that address.
 * @param address as it is called, with the key in its path, query or user
 */
export function cleanErrorOf(address: string, thrown: unknown): Error {
  const cleaned = cleanError(thrown);
  const { pathname, searchParams, username, password } = new URL(address);
  const keys = [...pathname.split('/'), ...searchParams.values(), username, password];
  for (const key of keys.filter(({ length }) => length >= MIN_KEY_LENGTH)) {
    cleaned.message = cleaned.message.replaceAll(key, '…');
    cleaned.stack = cleaned.stack?.replaceAll(key, '…') ?? '';
  }
  return cleaned;
}

/** The stack of an error and of what it was caused by. */
function storyOf(error: Error, depth: number): string {
  const own = cleanText(error.stack ?? String(error));
  const parts = error instanceof AggregateError ? [...error.errors, error.cause] : [error.cause];
  const causes = parts.filter((part) => part !== undefined).map((part) => cleanValue(part, depth + 1));
  const told = causes.map((cause) => (typeof cause === 'string' ? cause : JSON.stringify(cause)));
  return [own, ...told].join('\ncaused by: ');
}

/** A logger that writes nothing of an address but its origin, whatever it is given. */
export function cleanLogger(logger: Logger): Logger {
  const write = (level: keyof Logger) => (message: string, fields?: Record<string, unknown>) => {
    if (fields === undefined) logger[level](cleanText(message));
    else logger[level](cleanText(message), cleanValue(fields) as Record<string, unknown>);
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
