import type { Timestamp } from 'firebase-admin/firestore';
import type { LeasedWindow, StoredWindow } from './rateLimit.store.ts';
import { RateLimiter } from './rateLimiter.ts';

const NOW = '2026-03-14T13:00:20.000Z';

/** A store without rivals. */
class OneWindow {
  #window: LeasedWindow | null = null;

  /** What a process doesn't see that may write nothing. */
  hide(): void {
    this.#window = null;
  }

  async read(): Promise<StoredWindow> {
    return { window: this.#window, updateTime: this.#window && ({} as Timestamp) };
  }

  async write(_id: string, next: LeasedWindow): Promise<void> {
    this.#window = next;
  }
}

/** How many of so many requests are admitted. */
async function admitted(limiter: RateLimiter, requests: number, limit: number): Promise<number> {
  let count = 0;
  for (let index = 0; index < requests; index += 1) count += Number((await limiter.take('alice', limit)).admitted);
  return count;
}

describe('a limit that changes within its minute', () => {
  it('lets more pass at once when it is raised, what has passed included', async () => {
    const limiter = new RateLimiter(new OneWindow(), () => NOW);
    expect(await admitted(limiter, 5, 2)).toBe(2);
    expect(await admitted(limiter, 20, 10)).toBe(8);
  });

  it('lets nothing more pass when it is lowered below what has passed', async () => {
    const limiter = new RateLimiter(new OneWindow(), () => NOW);
    expect(await admitted(limiter, 10, 1_000)).toBe(10);
    expect(await admitted(limiter, 10, 3)).toBe(0);
  });
});

it('says never that more is left than the limit, also when what was leased can’t be seen', async () => {
  const store = new OneWindow();
  const limiter = new RateLimiter(store, () => NOW);
  await limiter.take('alice', 1_000);
  store.hide();
  expect(await limiter.peek('alice', 1_000)).toMatchObject({ limit: 1_000, remaining: 1_000 });
});
