/** Pure rules of the scan for deposits: which blocks and addresses it reads next. */

import type { BlockRange } from './depositProvider.ts';

/** Most blocks per range: half an hour of Base, and what most nodes allow. */
const MAX_SPAN_BLOCKS = 1_000;

/** How far a chain has been scanned for deposits. */
export interface ScanCursor {
  /** The first block that hasn't been scanned for all addresses. */
  readonly fromBlock: number;
  /** Blocks per range. Halved after a failure, because nodes allow different ranges. */
  readonly spanBlocks: number;
  /** The range in progress: its last block, and the index of the last address that was scanned. Null between ranges. */
  readonly underWay: { readonly toBlock: number; readonly afterIndex: number } | null;
}

/** The next blocks and addresses to scan. */
export interface ScanStep extends BlockRange {
  /** Index of the last address that was scanned; -1 at the start of a range. */
  readonly afterIndex: number;
}

/**
 * Returns the first cursor of a chain. It starts some blocks back, for deposits that were sent before the first scan.
 */
export function firstCursor(confirmedBlock: number): ScanCursor {
  const fromBlock = Math.max(0, confirmedBlock - MAX_SPAN_BLOCKS + 1);
  return { fromBlock, spanBlocks: MAX_SPAN_BLOCKS, underWay: null };
}

/**
 * Returns the next step; null when every confirmed block has been scanned. A range in progress keeps its last block.
 */
export function stepAfter({ fromBlock, spanBlocks, underWay }: ScanCursor, confirmedBlock: number): ScanStep | null {
  const toBlock = underWay?.toBlock ?? Math.min(confirmedBlock, fromBlock + spanBlocks - 1);
  // After a reorganization of the chain, a range may end beyond the last confirmed block; the scan then waits.
  if (toBlock < fromBlock || toBlock > confirmedBlock) return null;
  return { fromBlock, toBlock, afterIndex: underWay?.afterIndex ?? -1 };
}

/**
 * Returns the cursor after a step.
 * @param lastIndex index of the last address that was scanned; null when all are done, which ends the range
 */
export function advanced(cursor: ScanCursor, { toBlock }: ScanStep, lastIndex: number | null): ScanCursor {
  if (lastIndex !== null) return { ...cursor, underWay: { toBlock, afterIndex: lastIndex } };
  const spanBlocks = Math.min(MAX_SPAN_BLOCKS, cursor.spanBlocks * 2);
  return { fromBlock: toBlock + 1, spanBlocks, underWay: null };
}

/** Returns the cursor after a failed step: the range starts again with half as many blocks. */
export function narrowed({ fromBlock, spanBlocks }: ScanCursor): ScanCursor {
  return { fromBlock, spanBlocks: Math.max(1, Math.floor(spanBlocks / 2)), underWay: null };
}
