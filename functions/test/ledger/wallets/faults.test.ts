import { randomUUID } from 'node:crypto';
import { AppError, runUnitOfWork } from '@cloud-bridge/base';
import { type CommandResult, Ledger, type WalletAddress, type WalletCommand } from '@cloud-bridge/ledger';
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { Firestore } from 'firebase-admin/firestore';
import { commandsOf, minuteOf, type Step, steps } from '../../../../packages/ledger/src/testing/commandHistories.ts';
import { hasCode } from '../../../src/platform/errors/refusal.ts';
import { clearDatabase } from '../../support/clearDatabase.ts';
import { type FaultKind, type FaultMoment, FaultProxy, hasField, type RpcMethod } from '../../support/faultProxy.ts';
import { readLedger } from '../../support/ledger.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { shortenSdkDelays } from '../../support/sdkDelays.ts';
import { seedFrom } from '../../support/seeds.ts';
import { expectSoundLedgers } from '../../support/soundLedgers.ts';
import { takeStacksOfSingleRun } from '../../support/stacks.ts';
import { PROJECT } from '../../support/suite.ts';
import { type Send, type Submission, Witness } from './witness.ts';

// Waits between tries make nothing right or wrong, only slow.
jest.mock('../../../../packages/base/src/backOff.ts', () => ({ backOff: () => new Promise(setImmediate) }));

/** Runs of each cell; the soak makes more. */
const RUNS = Number(process.env.FAULT_RUNS ?? 5);
/** Repeats the commands and which calls are hit; how concurrent ones meet is up to the machine. */
const SEED = seedFrom('SEED');
/** Runs at once: while one waits for its answers, others have theirs decided. */
const LANES = 24;
const COMMANDS = 10;
/** Where it is the transactions that are hit: what comes before them is other cells' matter. */
const TRIES_BEFORE_TRANSACTION = 3;

/** Numbers of the fields that tell a call within a transaction, in the requests of Firestore's protocol. */
const TRANSACTION_OF_COMMIT = 3;
const NEW_TRANSACTION_OF_BATCH_GET = 5;
const isInTransaction = (request: Buffer) => hasField(request, TRANSACTION_OF_COMMIT);
const beginsTransaction = (request: Buffer) => hasField(request, NEW_TRANSACTION_OF_BATCH_GET);

/** Calls that are to fail. The SDK begins a transaction with the first read, by no call of its own. */
const CALLS = {
  Commit: { method: 'Commit', where: (request: Buffer) => !isInTransaction(request), inTransaction: false },
  BatchGetDocuments: {
    method: 'BatchGetDocuments',
    where: (request: Buffer) => !beginsTransaction(request),
    inTransaction: false,
  },
  'Commit of a transaction': { method: 'Commit', where: isInTransaction, inTransaction: true },
  'BatchGetDocuments that begins a transaction': {
    method: 'BatchGetDocuments',
    where: beginsTransaction,
    inTransaction: true,
  },
} as const satisfies Record<string, { method: RpcMethod; where: (request: Buffer) => boolean; inTransaction: boolean }>;

const STATUSES = ['ABORTED', 'UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNKNOWN', 'INTERNAL', 'RESOURCE_EXHAUSTED'] as const;

/** One way for one kind of call to go wrong. */
interface Cell {
  readonly name: string;
  readonly call: keyof typeof CALLS;
  readonly moment: FaultMoment;
  readonly failure: (typeof STATUSES)[number] | 'reset' | 'stall';
}

const cells: Cell[] = (Object.keys(CALLS) as (keyof typeof CALLS)[]).flatMap((call) => {
  // What a stalled transaction has locked nobody else can write, so nothing can happen that would end its wait.
  const failures = [...STATUSES, 'reset' as const, ...(CALLS[call].inTransaction ? [] : ['stall' as const])];
  return failures.flatMap((failure) => {
    const canBeLate = CALLS[call].method === 'Commit' && failure !== 'stall';
    const moments: FaultMoment[] = canBeLate ? ['before', 'after', 'late'] : ['before', 'after'];
    return moments.map((moment) => ({ name: `${call}: ${failure} ${moment}`, call, moment, failure }));
  });
});

/** What a run does, apart from its cell. */
interface Plan {
  readonly history: Step[];
  readonly sendings: readonly { readonly writer: number; readonly waits: boolean }[];
  readonly skip: number;
  readonly times: number;
}

const plans = fc.record({
  history: steps({ minLength: COMMANDS / 2, maxLength: COMMANDS, oddAmounts: [0] }),
  sendings: fc.array(fc.record({ writer: fc.nat(1), waits: fc.constantFrom(true, false, false) }), {
    minLength: COMMANDS,
    maxLength: COMMANDS,
  }),
  skip: fc.nat(1),
  // Many in a row exhaust every try, so that callers have to be told.
  times: fc.constantFrom(1, 1, 2, 3, 40),
});

/** What the SDK repeats by itself, with waits that grow and that nothing shortens: any read, and these commits. */
const REPEATED_BY_SDK: readonly string[] = ['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'ABORTED', 'reset'];
const MOST_REPEATED = 2;

/** A database, and a proxy to it with two writers behind it; runs take it in turn. */
interface Lane {
  readonly proxy: FaultProxy;
  readonly faulty: Firestore;
  readonly healthy: Firestore;
}

/** With a database of its own: the emulator looks at all that there is with each query. */
async function openLane(_lane: unknown, number: number): Promise<Lane> {
  const projectId = `${PROJECT}-${number}`;
  await clearDatabase(projectId);
  const proxy = await FaultProxy.start(process.env.FIRESTORE_EMULATOR_HOST ?? '');
  return { proxy, faulty: proxy.connect(projectId), healthy: new Firestore({ projectId }) };
}

async function closeLane({ proxy, faulty, healthy }: Lane): Promise<void> {
  await Promise.all([faulty.terminate(), healthy.terminate()]);
  await proxy.stop();
}

/** Sends purchases with an order that is marked in the same breath, and everything else by the wallet's writer. */
function sender(db: Firestore, wallets: Ledger, address: WalletAddress): Send {
  return (command) =>
    command.type === 'purchase' ? purchase(db, wallets, address, command) : wallets.submit(address, command);
}

function orderPath({ accountId }: WalletAddress, entryId: string): string {
  return `accounts/${accountId}/ordersUnderTest/${entryId}`;
}

function purchase(db: Firestore, wallets: Ledger, address: WalletAddress, command: WalletCommand) {
  const order = db.doc(orderPath(address, command.entryId));
  return runUnitOfWork(db, async (unit): Promise<CommandResult> => {
    const [found] = await unit.getAll(order);
    const staged = await wallets.stageIn(unit, address, command);
    staged.write();
    if (!found?.exists) unit.create(order, { paidBy: command.commandId });
    return staged.result;
  });
}

const MOST_RETRIES = 3;

/** True for a submission whose caller was told to try again, or saw Firestore's own error. */
function isUndecided({ answer }: Submission): boolean {
  if (!answer || 'result' in answer) return false;
  const { refusal } = answer;
  return refusal instanceof AppError ? hasCode(refusal, 'WALLET_BUSY') : refusal instanceof Error && 'code' in refusal;
}

const step = (action: Step['action'], amount = 0): Step => {
  return { action, amount, back: 0, source: 'purchase', lasts: null, advance: 0, skew: 0, apiKeyId: undefined };
};
const FUNDS = step('grant', 150);
/** So that no run is without calls of every kind. */
const LAST_STEPS = [step('hold', 1), step('captureWhole'), step('hold', 2), step('release'), step('purchase', 3)];

/** One run; gives how many callers were told to try again. */
async function run({ proxy, faulty, healthy: db }: Lane, cell: Cell, plan: Plan): Promise<number> {
  const address = { accountId: `faults-${randomUUID()}`, walletId: 'main' };
  const witness = new Witness(address, db);
  const [first, ...rest] = commandsOf([FUNDS, ...plan.history, ...LAST_STEPS]);
  const optimisticTries = CALLS[cell.call].inTransaction ? TRIES_BEFORE_TRANSACTION : undefined;
  const [warm, cold] = [new Ledger(faulty, { optimisticTries }), new Ledger(faulty, { optimisticTries })];
  const senders = [sender(faulty, warm, address), sender(faulty, cold, address)];
  const healthy = sender(db, new Ledger(db), address);

  // The first writer knows the wallet from then on; the other one has to read it.
  if (first) witness.send(first, senders[0] ?? healthy);
  await witness.everybodyIsAnswered();

  const fault = arm(proxy, cell, plan, () => rival(witness, healthy));
  for (const [index, command] of rest.entries()) {
    const { writer = 0, waits = true } = plan.sendings[index] ?? {};
    if (waits) await witness.everybodyIsAnswered();
    witness.send(command, senders[writer] ?? healthy);
  }
  await witness.everybodyIsAnswered();
  await proxy.heal();

  // Whoever was told to try again does so, with the same key.
  const undecided = witness.submissions.filter(isUndecided);
  let open = undecided;
  // The emulator frees what a broken transaction has locked only after half a minute, so that once may be too soon.
  for (let tries = 0; open.length > 0 && tries < MOST_RETRIES; tries += 1) {
    const sentBefore = witness.submissions.length;
    for (const { command } of open) witness.send({ ...command, commandId: `cmd_${randomUUID()}` }, healthy);
    await witness.everybodyIsAnswered();
    open = witness.submissions.slice(sentBefore).filter(isUndecided);
  }
  expect(open).toEqual([]);

  expect(fault.hits).toBeGreaterThan(0);
  await witness.check(isUndecided);
  await checkOrders(db, address);
  return undecided.length;
}

function arm(
  proxy: FaultProxy,
  { call, moment, failure }: Cell,
  { skip, times }: Plan,
  meanwhile: () => Promise<void>,
) {
  const { method, where, inTransaction } = CALLS[call];
  if (inTransaction) {
    // Every race is lost until a transaction is begun.
    const kind = { status: status.FAILED_PRECONDITION };
    proxy.inject({ method: 'Commit', where: CALLS.Commit.where, moment: 'before', kind, times: Infinity });
  }
  const kind: FaultKind =
    failure === 'reset'
      ? { reset: true }
      : failure === 'stall'
        ? { stallUntil: meanwhile }
        : { status: status[failure] };
  const isRepeated = method === 'BatchGetDocuments' || REPEATED_BY_SDK.includes(failure);
  const most = isRepeated && failure !== 'stall' ? MOST_REPEATED : times;
  return proxy.inject({ method, where, moment, kind, skip, times: Math.min(times, most) });
}

/** Somebody else who is faster, while a call of ours is stalled. */
async function rival(witness: Witness, healthy: Send): Promise<void> {
  const id = randomUUID();
  const spending = { operation: 'presetShare', quantity: 1, description: 'rival', metadata: {}, hold: null };
  const ids = { entryId: `txn_${id}`, commandId: `cmd_${id}`, requestHash: id, now: minuteOf(0) };
  const answered = new Promise<void>((resolve) => {
    witness.send({ type: 'charge', ...ids, ...spending, amountCredits: 1 }, (command) =>
      healthy(command).finally(() => resolve()),
    );
  });
  await answered;
}

/** An order is paid exactly if its purchase is in the ledger, by the same try. */
async function checkOrders(db: Firestore, address: WalletAddress): Promise<void> {
  const orders = await db.collection(`accounts/${address.accountId}/ordersUnderTest`).get();
  const paid = orders.docs.map((order) => [order.id, order.data().paidBy]);
  const ledger = await readLedger(address.accountId, address.walletId, db);
  const posted = ledger.filter(({ kind }) => kind === 'purchase').map(({ id, commandId }) => [id, commandId]);
  expect(paid.toSorted()).toEqual(posted.toSorted());
}

/** Works through all runs of all cells on a few lanes; what came of each is told by its cell. */
function startRuns(lanes: readonly Lane[]) {
  const planned = fc.sample(plans, { numRuns: cells.length * RUNS, seed: SEED });
  const outcomes = new Map(
    cells.map((cell, index) => {
      const own = planned.slice(index * RUNS, (index + 1) * RUNS);
      return [cell.name, own.map((plan) => deferred({ cell, plan }))];
    }),
  );
  const jobs = [...outcomes.values()].flat();
  const work = async (lane: Lane) => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      await run(lane, job.cell, job.plan).then(job.resolve, job.reject);
      await lane.proxy.heal();
    }
  };
  return { outcomes, ended: Promise.all(lanes.map(work)) };
}

function deferred<T extends object>(fields: T) {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  // Nobody may be looking yet when it fails.
  promise.catch(() => {});
  return { ...fields, promise, resolve, reject };
}

describe('whatever goes wrong on the way to Firestore', () => {
  let lanes: Lane[];
  let runs: ReturnType<typeof startRuns>;

  beforeAll(async () => {
    shortenSdkDelays();
    takeStacksOfSingleRun(RUNS);
    lanes = await Promise.all(Array.from({ length: LANES }, openLane));
    runs = startRuns(lanes);
  });
  afterAll(async () => {
    await runs.ended;
    await Promise.all(lanes.map(closeLane));
  }, PATIENCE_MS);

  // What a call was told to have done is in the ledger once; what failed has one effect when it is tried again.
  it.each(cells.map(({ name }) => name))(
    '%s: every command has one effect, and balances are right',
    async (name) => {
      const jobs = runs.outcomes.get(name) ?? [];
      await Promise.all(
        jobs.map(({ promise, plan }, index) =>
          promise.catch((cause: unknown) => {
            throw new Error(`run ${index} of "${name}" (SEED=${SEED}): ${JSON.stringify(plan)}`, { cause });
          }),
        ),
      );
    },
    PATIENCE_MS,
  );

  it(
    'some callers had to be told to try again, and the SDK began no transaction by a call of its own',
    async () => {
      await runs.ended;
      const results = await Promise.all([...runs.outcomes.values()].flat().map(({ promise }) => promise));
      expect(results.reduce((sum, undecided) => sum + undecided, 0)).toBeGreaterThan(0);
      // Else there would have to be cells for it.
      expect(lanes.reduce((sum, { proxy }) => sum + proxy.callsOf('BeginTransaction'), 0)).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    'every wallet agrees with its ledger, also by the audit',
    async () => {
      await runs.ended;
      for (const { healthy } of lanes) await expectSoundLedgers(healthy);
    },
    PATIENCE_MS,
  );
});
