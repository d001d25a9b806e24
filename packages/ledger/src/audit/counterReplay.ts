import { dayOf, type IsoDay, type IsoTime } from '@cloud-bridge/base';
import { type Counters, countersOf, sumOf } from '../counters.ts';
import type { UncheckedEntry } from '../entry.ts';

/** A day of which more entries may come. */
export interface OpenDay {
  readonly day: IsoDay;
  /** As a list, so that it can be kept as JSON. */
  readonly counters: readonly (readonly [path: string, figure: number])[];
}

/** The counters of days, rebuilt entry by entry. A day of which not all entries were seen is passed over. */
export class CounterReplay {
  #day: IsoDay | null = null;
  #counters: Counters = new Map();
  #parts: Counters[] = [];
  /** The day that was begun before this replay, and isn't known. */
  readonly #unknownDay: IsoDay | null;
  #finished: OpenDay[] = [];

  /** @param from where an earlier replay ended, and the time of its last entry; null: at the beginning */
  constructor(from: { readonly openDay: OpenDay | null; readonly after: IsoTime } | null) {
    this.#unknownDay = from && !from.openDay ? dayOf(from.after) : null;
    if (!from?.openDay) return;
    this.#day = from.openDay.day;
    this.#counters = new Map(from.openDay.counters);
  }

  /** Goes on by one entry; the ledger's time never runs backwards. */
  apply(entry: UncheckedEntry): void {
    const day = dayOf(entry.createdAt);
    if (day === this.#unknownDay) return;
    if (day !== this.#day) this.#begin(day);
    this.#parts.push(countersOf(entry));
    if (this.#parts.length >= PARTS_KEPT) this.#addUp();
  }

  /** The last day so far; null when there is none, or not all of it is known. */
  get openDay(): OpenDay | null {
    if (this.#day === null) return null;
    this.#addUp();
    return { day: this.#day, counters: [...this.#counters] };
  }

  /** The days that have ended since this was last asked. */
  takeFinished(): readonly OpenDay[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  #begin(day: IsoDay): void {
    const { openDay } = this;
    if (openDay) this.#finished.push(openDay);
    this.#day = day;
    this.#counters = new Map();
  }

  #addUp(): void {
    if (this.#parts.length > 0) this.#counters = sumOf([this.#counters, ...this.#parts]);
    this.#parts = [];
  }
}

/** Entries that are added up together. */
const PARTS_KEPT = 500;
