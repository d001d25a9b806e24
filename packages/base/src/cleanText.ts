import { AppError } from './appError.ts';
import { isRecord } from './isRecord.ts';
import type { Logger } from './logger.ts';

/** A URL, also as JSON escapes it (`https:\/\/`), up to the first character that can't be part of a URL. */
const ADDRESS = /\b[a-z][a-z0-9+.-]{0,20}:(?:\\?\/){2}[^\s"'<>`]*/gi;
/** A percent-encoded URL, alone or inside the query of another URL. */
const ENCODED_ADDRESS = /\b[a-z][a-z0-9+.-]{0,20}%3A%2F%2F[^\s"'<>`&]*/gi;
/** Nesting levels that are logged; deeper values are replaced by "…". All values logged today are shallower. */
const MAX_DEPTH = 8;

/**
 * Cuts every URL in a text down to its origin, because URLs of nodes, webhooks and payment pages have keys in their
 * paths and queries. `file:` URLs keep their paths, because stack traces need them.
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

/** Cleans every text in a value before it is logged: fields, field names, errors and their causes. */
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
 * Copies an error for logging: its cleaned message, its cleaned stack and its causes' stacks. The code of an AppError
 * is kept; all other fields are dropped.
 */
export function cleanError(thrown: unknown): Error {
  const message = cleanText(thrown instanceof Error ? thrown.message : String(thrown));
  const cleaned = thrown instanceof AppError ? new AppError(thrown.code, message) : new Error(message);
  cleaned.stack = String(cleanValue(thrown));
  return cleaned;
}

/** Shorter parts of a URL, such as `v2`, aren't keys, and removing them would damage other words. */
const MIN_KEY_LENGTH = 8;

/**
 * Cleans an error of a service whose URL is secret, as {@link cleanError} does, and also removes the parts of that URL
 * that the service may repeat in its response.
 * @param address the URL as it is called, with the key in its path, query or user name
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

/** Returns the stacks of an error and of its causes, joined. */
function storyOf(error: Error, depth: number): string {
  const own = cleanText(error.stack ?? String(error));
  const parts = error instanceof AggregateError ? [...error.errors, error.cause] : [error.cause];
  const causes = parts.filter((part) => part !== undefined).map((part) => cleanValue(part, depth + 1));
  const told = causes.map((cause) => (typeof cause === 'string' ? cause : JSON.stringify(cause)));
  return [own, ...told].join('\ncaused by: ');
}

/** Wraps a logger so that every URL in messages and fields is cut down to its origin. */
export function cleanLogger(logger: Logger): Logger {
  const write = (level: keyof Logger) => (message: string, fields?: Record<string, unknown>) => {
    if (fields === undefined) logger[level](cleanText(message));
    else logger[level](cleanText(message), cleanValue(fields) as Record<string, unknown>);
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
