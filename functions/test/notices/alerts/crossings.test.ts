import { randomUUID } from 'node:crypto';
import { addSeconds } from '@cloud-bridge/base';
import { type Entry, Ledger, type WalletCommand } from '@cloud-bridge/ledger';
import fc from 'fast-check';
import { auditWallet as auditStored } from '../../../../packages/ledger/src/audit/auditWallet.ts';
import { DEFAULT_RULE } from '../../../src/notices/alerts/alerts.ts';
import { changeAlerts } from '../../../src/notices/alerts/changeAlerts.ts';
import { eventsOfEntry } from '../../../src/notices/events/eventsOfEntry.ts';
import { isRefused } from '../../../src/platform/errors/refusal.ts';
import { depsWith } from '../../support/auditedWallets.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { seedFrom } from '../../support/seeds.ts';
import { database } from '../../support/suite.ts';

/** The seed that repeats the histories, as far as the order of the processes allows. */
const SEED = seedFrom('SEED');
const RUNS = 12;
const PROCESSES = 3;
const THRESHOLDS = [40, 15];

/** One request: its process, its kind, and whether the client sends it twice at once, as after a lost answer. */
const request = fc.record({
  process: fc.nat(PROCESSES - 1),
  type: fc.constantFrom('charge', 'charge', 'hold', 'grant', 'take', 'revocation'),
  amount: fc.integer({ min: 1, max: 45 }),
  isRepeated: fc.boolean(),
});
/** The requests of a group are sent at once, so that one commit may cross a level several times. */
const histories = fc.array(fc.array(request, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });

function commandOf({ type, amount }: { type: string; amount: number }): WalletCommand {
  const id = randomUUID();
  const base = { entryId: `txn_${id}`, commandId: id, requestHash: id, now: new Date().toISOString() };
  const texts = { description: 'Test', metadata: {} };
  if (type === 'grant') {
    return { ...base, type, amountCredits: amount, source: 'grant', expiresAt: null, description: 'Test' };
  }
  if (type === 'take') return { ...base, type: 'adjustment', amountCredits: -amount, description: 'Test' };
  if (type === 'revocation') return { ...base, type, amountCredits: amount, source: 'grant', description: 'Test' };
  const hold = type === 'hold' ? { expiresAt: new Date(Date.now() + 3_600_000).toISOString() } : null;
  return { ...base, ...texts, type: 'charge', operation: 'presetShare', quantity: 1, amountCredits: amount, hold };
}

/** Accepts a refusal for missing credits, which these histories expect. */
const submitted = (wallets: Ledger, accountId: string, command: WalletCommand) =>
  wallets.submit({ accountId, walletId: 'main' }, command).catch((refusal: unknown) => {
    if (!isRefused(refusal)) throw refusal;
  });

/** The expected events, from the ledger alone: one for each fall of the balance below a level. */
function expectedAlerts(ledger: readonly Entry[], level: number): number[] {
  const balances = [0, ...ledger.map(({ balanceAfterCredits }) => balanceAfterCredits)];
  return balances.filter((balance, index) => balance < level && (balances[index - 1] ?? -1) >= level);
}

async function toldOf(accountId: string): Promise<{ type: string; data: Record<string, number> }[]> {
  const { docs } = await database().collection('accountEvents').where('accountId', '==', accountId).get();
  return docs.map((document) => document.data() as { type: string; data: Record<string, number> });
}

it(
  'random histories in several concurrent processes raise one event for each crossing in the ledger',
  async () => {
    const deps = suiteDeps();
    await fc.assert(
      fc.asyncProperty(histories, async (groups) => {
        const accountId = `crossings-${randomUUID()}`;
        const processes = Array.from(
          { length: PROCESSES },
          () => new Ledger(database(), { alsoCreate: eventsOfEntry }),
        );
        await submitted(processes[0] as Ledger, accountId, commandOf({ type: 'grant', amount: 60 }));
        await changeAlerts(deps, accountId, { ...DEFAULT_RULE, lowBalanceThresholds: THRESHOLDS, depleted: true });
        for (const group of groups) {
          await Promise.all(
            group.flatMap((drawn) => {
              const command = commandOf(drawn);
              const other = processes[(drawn.process + 1) % PROCESSES] as Ledger;
              const own = submitted(processes[drawn.process] as Ledger, accountId, command);
              return drawn.isRepeated
                ? [own, submitted(other, accountId, { ...command, commandId: randomUUID() })]
                : own;
            }),
          );
        }
        const ledger = await readLedger(accountId);
        const told = await toldOf(accountId);
        for (const level of THRESHOLDS) {
          const balances = told.filter(({ data }) => data.thresholdCredits === level);
          expect(balances.map(({ data }) => data.availableCredits).sort()).toEqual(
            expectedAlerts(ledger, level).sort(),
          );
        }
        expect(told.filter(({ type }) => type === 'credits.depleted')).toHaveLength(expectedAlerts(ledger, 1).length);
        await auditWallet(accountId);
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
  },
  PATIENCE_MS,
);

it('a rule from before the first credits, or a new one, applies to the next commit of every process', async () => {
  const deps = suiteDeps();
  const accountId = `crossings-${randomUUID()}`;
  const [one, other] = [
    new Ledger(database(), { alsoCreate: eventsOfEntry }),
    new Ledger(database(), { alsoCreate: eventsOfEntry }),
  ];
  await changeAlerts(deps, accountId, { ...DEFAULT_RULE, lowBalanceThresholds: [10] });
  const below = async () => (await toldOf(accountId)).map(({ data }) => data.thresholdCredits).sort();
  expect(await below()).toEqual([10]);
  const path = `accounts/${accountId}/wallets/main`;
  const mode = { isFull: true, roundStartedAt: new Date().toISOString() };
  expect(await auditStored(depsWith(), path, mode)).toBe('sound');
  await submitted(one, accountId, commandOf({ type: 'grant', amount: 40 }));
  await submitted(one, accountId, commandOf({ type: 'charge', amount: 31 }));
  expect(await below()).toEqual([10, 10]);
  await submitted(other, accountId, commandOf({ type: 'grant', amount: 40 }));
  // The first process doesn't know the grant by another process, nor the rule that follows.
  await changeAlerts(deps, accountId, { ...DEFAULT_RULE, lowBalanceThresholds: [30] });
  await submitted(one, accountId, commandOf({ type: 'charge', amount: 25 }));
  expect(await below()).toEqual([10, 10, 30]);
  await auditWallet(accountId);
});

it('credits that expired before the rule was set, and whose expiry is posted after it, raise one alert', async () => {
  const deps = suiteDeps();
  const accountId = `crossings-${randomUUID()}`;
  const wallets = new Ledger(database(), { alsoCreate: eventsOfEntry });
  const grant = { ...commandOf({ type: 'grant', amount: 40 }), expiresAt: addSeconds(deps.clock(), 60) };
  await submitted(wallets, accountId, grant as WalletCommand);
  const later = addSeconds(deps.clock(), 120);
  await changeAlerts({ ...deps, clock: () => later }, accountId, { ...DEFAULT_RULE, lowBalanceThresholds: [10] });
  await submitted(wallets, accountId, { ...commandOf({ type: 'charge', amount: 0 }), now: later });
  expect((await toldOf(accountId)).map(({ data }) => data)).toEqual([{ availableCredits: 0, thresholdCredits: 10 }]);
});
