import { crc32 } from 'node:zlib';
import { assertSafeInteger, dayOf, type IsoDay } from '@cloud-bridge/base';
import type { EntryKind, UncheckedEntry } from './entry.ts';

/**
 * Sums over a wallet's entries, each under a path of three names: `kinds/purchase/amountCredits`,
 * `operations/follow/succeededCalls`, `keys/key_1/spentCredits`. A sum that is 0 may be missing.
 */
export type Counters = ReadonlyMap<string, number>;

/** The dimensions that charges are counted by. */
const USAGE_DIMENSIONS = ['operations', 'keys', 'integrations'] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

const KIND_FIGURES = [
  'amountCredits',
  'heldDeltaCredits',
  'debtDeltaCredits',
  'consumedCredits',
  'expiredCredits',
] as const satisfies readonly (keyof UncheckedEntry)[];

/** The counter for the outcome of a charge. A hold counts when it ends; an open hold isn't counted. */
const OUTCOME_OF_KIND: Partial<Record<EntryKind, 'succeededCalls' | 'failedCalls'>> = {
  charge: 'succeededCalls',
  capture: 'succeededCalls',
  release: 'failedCalls',
  hold_expiry: 'failedCalls',
};

/**
 * Returns the figures that one entry adds to the counters of its day: those of its kind, and usage if the entry ends a
 * charge.
 */
export function countersOf(entry: UncheckedEntry): Counters {
  const counters = new Map<string, number>();
  count(entry, counters);
  return counters;
}

function count(entry: UncheckedEntry, counters: Map<string, number>): void {
  add(counters, `kinds/${entry.kind}/entries`, 1);
  for (const figure of KIND_FIGURES) {
    if (entry[figure] !== 0) add(counters, `kinds/${entry.kind}/${figure}`, entry[figure]);
  }
  const outcome = OUTCOME_OF_KIND[entry.kind];
  if (!outcome) return;
  for (const dimension of USAGE_DIMENSIONS) {
    const name = nameIn(dimension, entry);
    if (name === undefined) continue;
    add(counters, `${dimension}/${name}/${outcome}`, 1);
    if (entry.consumedCredits > 0) add(counters, `${dimension}/${name}/spentCredits`, entry.consumedCredits);
  }
}

function add(counters: Map<string, number>, path: string, figure: number): void {
  counters.set(path, assertSafeInteger((counters.get(path) ?? 0) + figure, path));
}

function nameIn(dimension: UsageDimension, entry: UncheckedEntry): string | undefined {
  if (dimension === 'operations') return entry.operation;
  return dimension === 'keys' ? keyOf(entry) : entry.integrationId;
}

/** Returns the key that an entry's usage counts for. */
function keyOf({ chargeKeyId, apiKeyId }: UncheckedEntry): string | undefined {
  return chargeKeyId ?? apiKeyId;
}

/** Adds up counters. */
export function sumOf(parts: Iterable<Counters>): Map<string, number> {
  const sum = new Map<string, number>();
  for (const part of parts) {
    for (const [path, figure] of part) add(sum, path, figure);
  }
  return sum;
}

/**
 * Number of documents over which a day's entries with API keys are spread. Each used key takes about a hundred bytes,
 * so one document has room for about ten thousand keys. Entries without a key have a document of their own, so that
 * keys never fill the document that a purchase writes.
 */
const KEY_DOCUMENTS = 4;
/** Firestore takes at most 500 increments of one document in a commit. */
const MAX_COUNTERS_PER_DOCUMENT = 400;

/**
 * Returns the counters that a commit adds to each document. A day's counters are the sums over all documents whose
 * names begin with the day, so each figure may be counted in any of them.
 */
export function countersByDocument(entries: readonly UncheckedEntry[]): [id: string, counters: Counters][] {
  const documents = new Map<string, Map<string, number>>();
  for (const entry of entries) {
    const id = documentOf(entry);
    const counters = documents.get(id) ?? new Map<string, number>();
    count(entry, counters);
    documents.set(id, counters);
  }
  return [...documents].flatMap(([id, counters]) => chunksOf(id, counters));
}

function documentOf(entry: UncheckedEntry): string {
  const day = dayOf(entry.createdAt);
  const key = keyOf(entry);
  return key === undefined ? day : `${day}.${crc32(key) % KEY_DOCUMENTS}`;
}

function chunksOf(id: string, counters: Counters): [id: string, counters: Counters][] {
  const all = [...counters].filter(([, figure]) => figure !== 0);
  const count = Math.ceil(all.length / MAX_COUNTERS_PER_DOCUMENT);
  return Array.from({ length: count }, (_, index) => [
    index === 0 ? id : `${id}.${index}`,
    new Map(all.slice(index * MAX_COUNTERS_PER_DOCUMENT, (index + 1) * MAX_COUNTERS_PER_DOCUMENT)),
  ]);
}

/** Returns the day that a document counts. */
export function dayOfDocument(id: string): IsoDay {
  return dayOf(id);
}

/**
 * Returns counters in their stored form, nested by group, name and figure. Names become field names, which may be any
 * text.
 */
export function nested<T>(counters: Counters, render: (figure: number) => T): Record<string, unknown> {
  const fields = new Map<string, Map<string, Map<string, T>>>();
  for (const [path, figure] of counters) {
    const [group = '', name = '', last = ''] = path.split('/');
    const names = fields.get(group) ?? new Map<string, Map<string, T>>();
    const figures = names.get(name) ?? new Map<string, T>();
    fields.set(group, names.set(name, figures.set(last, render(figure))));
  }
  return Object.fromEntries(
    [...fields].map(([group, names]) => [
      group,
      Object.fromEntries([...names].map(([name, figures]) => [name, Object.fromEntries(figures)])),
    ]),
  );
}

/** Reverses {@link nested} for any stored value. A figure that isn't a number becomes NaN, so that comparisons fail. */
export function flattened(stored: unknown): Counters {
  const counters = new Map<string, number>();
  for (const [group, names] of fieldsOf(stored)) {
    for (const [name, figures] of fieldsOf(names)) {
      for (const [last, figure] of fieldsOf(figures)) {
        if (figure !== 0) counters.set(`${group}/${name}/${last}`, typeof figure === 'number' ? figure : Number.NaN);
      }
    }
  }
  return counters;
}

function fieldsOf(value: unknown): [string, unknown][] {
  return value !== null && typeof value === 'object' ? Object.entries(value) : [];
}
