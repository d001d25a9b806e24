import { advanced, firstCursor, narrowed, type ScanCursor, stepAfter } from './scanCursor.ts';

/** Returns the next step, and throws if there is none. */
function step(cursor: ScanCursor, confirmedBlock: number) {
  const next = stepAfter(cursor, confirmedBlock);
  if (!next) throw new Error('expected a step');
  return next;
}

it('starts some blocks back, but not before the first block', () => {
  expect(firstCursor(5_000)).toEqual({ fromBlock: 4_001, spanBlocks: 1_000, underWay: null });
  expect(firstCursor(10).fromBlock).toBe(0);
});

it('visits each confirmed block once, in consecutive ranges', () => {
  const seen: number[] = [];
  let cursor: ScanCursor = { fromBlock: 1, spanBlocks: 3, underWay: null };
  for (let next = stepAfter(cursor, 20); next; next = stepAfter(cursor, 20)) {
    for (let block = next.fromBlock; block <= next.toBlock; block += 1) seen.push(block);
    cursor = advanced(cursor, next, null);
  }
  expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(cursor.fromBlock).toBe(21);
});

it('keeps a range until all addresses are done, even if new blocks arrive', () => {
  const first = firstCursor(500);
  const halfway = advanced(first, step(first, 500), 199);
  expect(step(halfway, 9_000)).toEqual({ fromBlock: 0, toBlock: 500, afterIndex: 199 });
  expect(advanced(halfway, step(halfway, 9_000), null)).toEqual({ fromBlock: 501, spanBlocks: 1_000, underWay: null });
});

it('restarts a range with half as many blocks after a failure, and doubles the blocks after a success', () => {
  const first = firstCursor(5_000);
  const failed = narrowed(advanced(first, step(first, 5_000), 199));
  expect(failed).toEqual({ fromBlock: 4_001, spanBlocks: 500, underWay: null });
  expect(step(failed, 5_000)).toEqual({ fromBlock: 4_001, toBlock: 4_500, afterIndex: -1 });
  expect(advanced(failed, step(failed, 5_000), null).spanBlocks).toBe(1_000);
  let least = failed;
  for (let failures = 0; failures < 20; failures += 1) least = narrowed(least);
  expect(least.spanBlocks).toBe(1);
});

it('waits while no new block is confirmed, and while fewer blocks are confirmed than before', () => {
  const cursor: ScanCursor = { fromBlock: 100, spanBlocks: 10, underWay: null };
  expect(stepAfter(cursor, 99)).toBeNull();
  expect(stepAfter({ ...cursor, underWay: { toBlock: 109, afterIndex: 199 } }, 105)).toBeNull();
});
