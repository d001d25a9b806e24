import { Contention } from './contention.ts';

function contested({ losses = 1, tookMs = 20 } = {}): Contention {
  const contention = new Contention();
  contention.lost();
  contention.landed(tookMs, losses);
  return contention;
}

it('a process that meets no other writer pauses once in 32 commits, in case others are waiting', () => {
  const contention = new Contention();
  const pauses = Array.from({ length: 64 }, () => {
    contention.landed(20, 0);
    return contention.pauseMs(0.5);
  });
  expect(pauses.filter((pauseMs) => pauseMs > 0)).toEqual([30, 30]);
  expect(contention.isLikely).toBe(false);
});

it('a process that has lost leaves the wallet to others after each of its commits', () => {
  const contention = contested();
  expect(contention.isLikely).toBe(true);
  expect(contention.pauseMs(0)).toBeGreaterThan(0);
  // No two processes pause for the same time.
  expect(contention.pauseMs(1)).toBeGreaterThan(contention.pauseMs(0));
});

it('a process pauses longer the more races it has lost and the longer a commit takes', () => {
  expect(contested({ losses: 8 }).pauseMs(0)).toBeGreaterThan(contested({ losses: 1 }).pauseMs(0));
  expect(contested({ tookMs: 80 }).pauseMs(0)).toBeCloseTo(4 * contested({ tookMs: 20 }).pauseMs(0));
});

it('a process stays wary longer after many losses than after one', () => {
  const once = contested();
  expect([once.isLikely, once.isFierce]).toEqual([true, false]);
  once.landed(20, 0);
  expect([once.isLikely, once.pauseMs(0)]).toEqual([false, 0]);
  const often = contested();
  for (let loss = 0; loss < 10; loss += 1) often.lost();
  for (let commit = 0; commit < 12; commit += 1) often.landed(20, 0);
  expect([often.isLikely, often.isFierce]).toEqual([true, true]);
});
