import { dayOf, type IsoDay, type IsoTime } from '@cloud-bridge/base';
import { type Counters, countersOf, sumOf } from '../counters.ts';
import type { UncheckedEntry } from '../entry.ts';

/** A day that may get more entries. */
export interface OpenDay {
  readonly day: IsoDay;
  /** A list, so that it can be stored as JSON. */
  readonly counters: readonly (readonly [path: string, figure: number])[];
}

/** Rebuilds the counters of days, entry by entry. A day whose first entries weren't replayed is skipped. */
export class CounterReplay {
  #day: IsoDay | null = null;
  #counters: Counters = new Map();
  #parts: Counters[] = [];
  /** The day in which an earlier replay ended, if its counters weren't stored. */
  readonly #unknownDay: IsoDay | null;
  #finished: OpenDay[] = [];

  /** @param from the open day and the time of the last entry of an earlier replay; null to begin at the first entry */
  constructor(from: { readonly openDay: OpenDay | null; readonly after: IsoTime } | null) {
    this.#unknownDay = from && !from.openDay ? dayOf(from.after) : null;
    if (!from?.openDay) return;
    this.#day = from.openDay.day;
    this.#counters = new Map(from.openDay.counters);
  }

  /** Adds one entry. The ledger's time never runs backwards. */
  apply(entry: UncheckedEntry): void {
    const day = dayOf(entry.createdAt);
    if (day === this.#unknownDay) return;
    if (day !== this.#day) this.#begin(day);
    this.#parts.push(countersOf(entry));
    if (this.#parts.length >= PARTS_KEPT) this.#addUp();
  }

  /** The counters of the last day so far; null if there is none, or if its first entries weren't replayed. */
  get openDay(): OpenDay | null {
    if (this.#day === null) return null;
    this.#addUp();
    return { day: this.#day, counters: [...this.#counters] };
  }

  /** Returns the days that ended since the last call. */
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

/** Entries that are added up in one step. */
const PARTS_KEPT = 500;
