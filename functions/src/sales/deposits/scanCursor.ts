import type { BlockRange } from './depositProvider.ts';

/** Blocks that are looked through in one go: half an hour of Base, and what most nodes allow. */
const MAX_SPAN_BLOCKS = 1_000;

/** How far a chain has been looked through for deposits. */
export interface ScanCursor {
  /** The first block that hasn't been looked through for all addresses. */
  readonly fromBlock: number;
  /** How many blocks are taken in one go: fewer after a failure, because nodes allow different ranges. */
  readonly spanBlocks: number;
  /** A go that is under way: its last block, and the last address that it has been done for. */
  readonly underWay: { readonly toBlock: number; readonly afterIndex: number } | null;
}

/** What to look at next. */
export interface ScanStep extends BlockRange {
  /** For addresses after this one. */
  readonly afterIndex: number;
}

/** Where the first look begins: a little back, for what was sent before the first look was made. */
export function firstCursor(confirmedBlock: number): ScanCursor {
  const fromBlock = Math.max(0, confirmedBlock - MAX_SPAN_BLOCKS + 1);
  return { fromBlock, spanBlocks: MAX_SPAN_BLOCKS, underWay: null };
}

/** The next step; null when every confirmed block has been looked through. A go keeps the range that it began with. */
export function stepAfter({ fromBlock, spanBlocks, underWay }: ScanCursor, confirmedBlock: number): ScanStep | null {
  const toBlock = underWay?.toBlock ?? Math.min(confirmedBlock, fromBlock + spanBlocks - 1);
  // After a reorganisation a go may reach further than what is confirmed; then it waits.
  if (toBlock < fromBlock || toBlock > confirmedBlock) return null;
  return { fromBlock, toBlock, afterIndex: underWay?.afterIndex ?? -1 };
}

/** After a step that was done up to an address; null: for all that there are, so the go is over. */
export function advanced(cursor: ScanCursor, { toBlock }: ScanStep, lastIndex: number | null): ScanCursor {
  if (lastIndex !== null) return { ...cursor, underWay: { toBlock, afterIndex: lastIndex } };
  const spanBlocks = Math.min(MAX_SPAN_BLOCKS, cursor.spanBlocks * 2);
  return { fromBlock: toBlock + 1, spanBlocks, underWay: null };
}

/** After a step that failed: the go begins again with half as many blocks. */
export function narrowed({ fromBlock, spanBlocks }: ScanCursor): ScanCursor {
  return { fromBlock, spanBlocks: Math.max(1, Math.floor(spanBlocks / 2)), underWay: null };
}
