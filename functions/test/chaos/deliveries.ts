import type { Lane } from './lane.ts';
import type { Random } from './random.ts';
import { outageFrom, type Trouble, troubleFrom } from './trouble.ts';

/** One copy of an event that waits for its delivery. */
interface Delivery {
  readonly eventId: string;
  readonly body: string;
  readonly signature: string;
  /** Number of turns until the copy arrives. */
  turnsLeft: number;
  readonly trouble: Trouble;
}

/** Number of copies of an event: none, or one to five. */
const COPIES = [
  [15, 0],
  [45, 1],
  [20, 2],
  [10, 3],
  [5, 4],
  [5, 5],
] as const;
const TURNS_LATE = [0, 0, 0, 0, 1, 1, 2, 3];
const TROUBLE_PROBABILITY = 0.12;
const MOST_AT_ONCE = 4;
const RESENT_PROBABILITY = 0.6;
const OUTAGE_PROBABILITY = 0.15;
const OUTAGE_TURNS = [1, 2, 4];

/** Delivers the provider's events to the backend: late, several times, in another order, or never. */
export class Deliveries {
  readonly #lane: Lane;
  readonly #random: Random;
  #seen = 0;
  #outage: Trouble = null;
  #outageTurnsLeft = 0;
  #waiting: Delivery[] = [];

  constructor(lane: Lane, random: Random) {
    this.#lane = lane;
    this.#random = random;
  }

  /** Makes a turn: takes the provider's events since the last turn, and delivers the copies that are due. */
  async turn(): Promise<void> {
    await this.#collect();
    for (const delivery of this.#waiting) delivery.turnsLeft -= 1;
    const due = this.#waiting.filter(({ turnsLeft }) => turnsLeft < 0);
    this.#outageTurnsLeft -= 1;
    if (this.#outageTurnsLeft < 0 && this.#random.chance(OUTAGE_PROBABILITY)) this.#beginOutage();
    if (this.#outageTurnsLeft >= 0) await this.#deliverInVain(due);
    else await this.#deliver(due);
  }

  /** Delivers all remaining copies. */
  async finish(): Promise<void> {
    await this.#collect();
    while (this.#waiting.length > 0) await this.#deliver(this.#waiting);
  }

  async #collect(): Promise<void> {
    const sent = await this.#lane.sentEvents();
    for (const { id: eventId, type, body, signature } of sent.slice(this.#seen)) {
      // The endpoint gets the event types that it handles, as in production, and sometimes another type.
      if (!this.#lane.isHandled(type) && !this.#random.chance(0.03)) continue;
      const copies = this.#random.weighted<number>(COPIES);
      for (let copy = 0; copy < copies; copy += 1) {
        const trouble = troubleFrom(this.#random, TROUBLE_PROBABILITY, this.#lane.troublePaths);
        this.#waiting.push({ eventId, body, signature, turnsLeft: this.#random.pick(TURNS_LATE), trouble });
      }
    }
    this.#seen = sent.length;
  }

  #beginOutage(): void {
    this.#outageTurnsLeft = this.#random.pick(OUTAGE_TURNS) - 1;
    this.#outage = outageFrom(this.#random, this.#lane.troublePaths);
  }

  /** Delivers copies during an outage of the provider or the database: all of them fail. */
  async #deliverInVain(due: readonly Delivery[]): Promise<void> {
    this.#waiting = this.#waiting.filter((delivery) => !due.includes(delivery));
    await this.#post(this.#outage, this.#random.shuffled(due), () => true);
  }

  async #deliver(due: readonly Delivery[]): Promise<void> {
    this.#waiting = this.#waiting.filter((delivery) => !due.includes(delivery));
    const left = this.#random.shuffled(due);
    while (left.length > 0) {
      const together = left.splice(0, 1 + this.#random.below(MOST_AT_ONCE));
      // At most one copy meets a fault, so that the end of the fault is known.
      const [troubled] = together.filter(({ trouble }) => trouble);
      await this.#post(troubled?.trouble ?? null, together, (delivery) => delivery === troubled);
    }
  }

  /** Posts several copies at the same time, some of them to the instance with faults. */
  async #post(
    trouble: Trouble,
    together: readonly Delivery[],
    isTroubled: (delivery: Delivery) => boolean,
  ): Promise<void> {
    const acknowledged = await this.#lane.during(trouble, (instance) =>
      Promise.all(
        together.map((delivery) =>
          this.#isAcknowledged(delivery, isTroubled(delivery) ? instance.url : this.#lane.steady.url),
        ),
      ),
    );
    await this.#expectMarked(together.filter((_delivery, index) => acknowledged[index]));
  }

  async #isAcknowledged(delivery: Delivery, url: string): Promise<boolean> {
    const { body, signature } = delivery;
    const headers = { 'content-type': 'application/json', [this.#lane.signatureHeader]: signature };
    const response = await fetch(url, { method: 'POST', headers, body });
    const answer = await response.text();
    if (response.status === 200) return true;
    if (response.status < 500) throw new Error(`an event was refused: ${response.status} ${answer}`);
    if (this.#random.chance(RESENT_PROBABILITY)) this.#waiting.push({ ...delivery, turnsLeft: 1, trouble: null });
    return false;
  }

  /** An acknowledged event is never sent again, so it has to be handled by then. */
  async #expectMarked(deliveries: readonly Delivery[]): Promise<void> {
    const { provider, steady } = this.#lane;
    const events = deliveries.map(({ eventId }) => ({ id: eventId }));
    const [unmarked] = await steady.deps.incomingEvents.unmarkedAmong(provider, events);
    if (unmarked) throw new Error(`event ${unmarked.id} was acknowledged, and isn't marked`);
  }
}
