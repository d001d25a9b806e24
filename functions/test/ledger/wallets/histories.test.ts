import { randomUUID } from 'node:crypto';
import { Ledger } from '@cloud-bridge/ledger';
import fc from 'fast-check';
import { commandsOf, steps } from '../../../../packages/ledger/src/testing/commandHistories.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { seedFrom } from '../../support/seeds.ts';
import { takeStacksOfSingleRun } from '../../support/stacks.ts';
import { database } from '../../support/suite.ts';
import { Witness } from './witness.ts';

/** How many histories are lived through; the soak takes more. */
const HISTORIES = Number(process.env.HISTORIES ?? 300);
/** Repeats the commands and their order; how concurrent ones meet is up to the machine. */
const SEED = seedFrom('SEED');
const WRITERS = 3;
const COMMANDS = 40;

/** How a command is sent: by which writer, and whether only after everything before it was answered. */
const sending = fc.record({ writer: fc.nat(WRITERS - 1), waits: fc.constantFrom(true, false, false, false) });

const histories = fc.record({
  // Negative and broken amounts fail alone, whomever they share a commit with.
  history: steps({ minLength: 1, maxLength: COMMANDS, oddAmounts: [-1, 0.5] }),
  sendings: fc.array(sending, { minLength: COMMANDS, maxLength: COMMANDS }),
});

it(
  'several writers at once leave what the reference says, and everybody was told the truth',
  async () => {
    takeStacksOfSingleRun(HISTORIES);
    await fc.assert(
      fc.asyncProperty(histories, async ({ history, sendings }) => {
        const witness = new Witness({ accountId: `histories-${randomUUID()}`, walletId: 'main' });
        const writers = Array.from({ length: WRITERS }, () => new Ledger(database()));
        for (const [index, command] of commandsOf(history).entries()) {
          const { writer = 0, waits = true } = sendings[index] ?? {};
          if (waits) await witness.everybodyIsAnswered();
          witness.send(command, (sent) => (writers[writer] ?? new Ledger(database())).submit(witness.address, sent));
        }
        await witness.everybodyIsAnswered();
        await witness.check();
      }),
      // Which commands meet is not repeatable, so a smaller history would prove nothing.
      { numRuns: HISTORIES, seed: SEED, endOnFailure: true },
    );
  },
  PATIENCE_MS,
);
