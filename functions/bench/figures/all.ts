import type { Figure } from '../support/figure.ts';
import { billedOperations } from './billedOperations.ts';
import { growth } from './growth.ts';
import { holdAndCapture } from './holdAndCapture.ts';
import { httpCost } from './httpCost.ts';
import { loadTime } from './loadTime.ts';
import { loneCharge } from './loneCharge.ts';
import { quietWallet } from './quietWallet.ts';
import { severalProcesses } from './severalProcesses.ts';
import { throughput } from './throughput.ts';

/** All parts of the benchmark by name, in the order in which they run. The part that fills the database is last. */
export const FIGURES: Readonly<Record<string, Figure>> = {
  throughput,
  loneCharge,
  quietWallet,
  severalProcesses,
  billedOperations,
  holdAndCapture,
  httpCost,
  loadTime,
  growth,
};
