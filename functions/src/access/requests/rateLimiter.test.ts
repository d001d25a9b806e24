import type { Timestamp } from 'firebase-admin/firestore';
import type { LeasedWindow, StoredWindow } from './rateLimit.store.ts';
import { RateLimiter } from './rateLimiter.ts';

const NOW = '2026-03-14T13:00:20.000Z';

/** A store of one window that no other process uses. */
class OneWindow {
  #window: LeasedWindow | null = null;

  /** Hides the stored window, as from a process that may not write. */
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

/** Returns how many of a number of requests are admitted. */
async function admitted(limiter: RateLimiter, requests: number, limit: number): Promise<number> {
  let count = 0;
  for (let index = 0; index < requests; index += 1) count += Number((await limiter.take('alice', limit)).admitted);
  return count;
}

describe('a limit that changes within a window', () => {
  it('admits more requests at once after a raise, counting those already admitted', async () => {
    const limiter = new RateLimiter(new OneWindow(), () => NOW);
    expect(await admitted(limiter, 5, 2)).toBe(2);
    expect(await admitted(limiter, 20, 10)).toBe(8);
  });

  it('admits no more requests after it is lowered below the number already admitted', async () => {
    const limiter = new RateLimiter(new OneWindow(), () => NOW);
    expect(await admitted(limiter, 10, 1_000)).toBe(10);
    expect(await admitted(limiter, 10, 3)).toBe(0);
  });
});

it('never reports more remaining requests than the limit, even if the leased requests are not visible', async () => {
  const store = new OneWindow();
  const limiter = new RateLimiter(store, () => NOW);
  await limiter.take('alice', 1_000);
  store.hide();
  expect(await limiter.peek('alice', 1_000)).toMatchObject({ limit: 1_000, remaining: 1_000 });
});
