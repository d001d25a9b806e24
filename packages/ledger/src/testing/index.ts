export { commandsOf, steps } from './commandHistories.ts';
export { capture, charge, grant, hold, ledgerWith, type MemoryLedger, minute, release } from './fixtures.ts';
export { EMPTY, traceOf } from './trace.ts';
