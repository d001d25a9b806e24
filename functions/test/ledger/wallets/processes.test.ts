import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { derivedId } from '@cloud-bridge/base';
import { type Entry, Ledger } from '@cloud-bridge/ledger';
import fc from 'fast-check';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { seedFrom } from '../../support/seeds.ts';
import { database, PROJECT } from '../../support/suite.ts';

/** How many times the processes are killed in all; the soak kills more. */
const KILLS = Number(process.env.KILLS ?? 9);
/** Repeats where the processes are killed, as far as the machine allows. */
const SEED = seedFrom('SEED');
const PROCESSES = 3;
const KEYS = 120;
/** Credits for about half of what the processes are to do. */
const TOO_FEW = 400;
const SCRIPT = join(__dirname, 'spendUntilKilled.ts');

type Child = ChildProcessByStdio<null, Readable, Readable>;

interface Acknowledgement {
  readonly step: string;
  readonly id?: string;
  readonly sequence?: number;
  readonly refused?: string;
}

let folder: string;
const children = new Set<Child>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wallet-processes-'));
});
afterEach(async () => {
  await Promise.all([...children].map(killed));
  rmSync(folder, { recursive: true });
});

function start(accountId: string, log: string, keys: readonly string[]): Child {
  const env = { ...process.env, GCLOUD_PROJECT: PROJECT };
  const child = spawn(process.execPath, [SCRIPT, accountId, log, ...keys], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function killed(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Resolves when a process has been answered so many times, or has ended before. */
function answered(child: Child, times: number): Promise<void> {
  return new Promise((resolve) => {
    let dots = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      dots += chunk.length;
      if (dots >= times) resolve();
    });
    child.once('close', () => resolve());
  });
}

/** Runs a process to its end, killing it after each of these numbers of answers and starting it again. */
async function runThroughKills(accountId: string, log: string, keys: readonly string[], kills: readonly number[]) {
  for (const times of kills) {
    const child = start(accountId, log, keys);
    await answered(child, times);
    await killed(child);
  }
  const last = start(accountId, log, keys);
  let complaints = '';
  last.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  last.stdout.resume();
  const [exitCode] = await once(last, 'close');
  expect([exitCode, complaints]).toEqual([0, '']);
}

function readLog(log: string): Acknowledgement[] {
  // What was cut off in the middle of a line was never acknowledged.
  const whole = (line: string) => line.endsWith('}');
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(whole) : [];
  return lines.map((line) => JSON.parse(line));
}

async function fund(accountId: string, amountCredits: number): Promise<void> {
  const id = randomUUID();
  const ids = { entryId: `grt_${id}`, commandId: id, requestHash: id, now: new Date().toISOString() };
  const credits = { amountCredits, source: 'grant', expiresAt: null, description: 'Test grant' } as const;
  await new Ledger(database()).submit({ accountId, walletId: 'main' }, { type: 'grant', ...ids, ...credits });
}

/** Some keys are every process's, so that processes meet over them; the others are its own. */
function keysOf(index: number): string[] {
  const own = Array.from({ length: KEYS / 2 }, (_, number) => `process ${index} key ${number}`);
  const shared = Array.from({ length: KEYS / 2 }, (_, number) => `shared key ${number}`);
  return own.flatMap((key, number) => [key, shared[number] ?? key]);
}

it.each([
  ['enough', 100_000],
  ['too few', TOO_FEW],
])(
  'processes that are killed at any moment lose nothing and do nothing twice, with %s credits',
  async (_, credits) => {
    const accountId = `processes-${randomUUID()}`;
    await fund(accountId, credits);
    const answers = fc.array(fc.nat(40), { minLength: KILLS, maxLength: KILLS });
    const kills = fc.sample(answers, { seed: SEED, numRuns: 1 })[0] ?? [];
    const logs = Array.from({ length: PROCESSES }, (_, index) => join(folder, `${index}.log`));
    try {
      await Promise.all(
        logs.map((log, index) =>
          runThroughKills(
            accountId,
            log,
            keysOf(index),
            kills.filter((_, kill) => kill % PROCESSES === index),
          ),
        ),
      );
      for (const [index, log] of logs.entries()) {
        const steps = new Set(readLog(log).map(({ step }) => step));
        // A process that was done was answered for each of its keys.
        expect(keysOf(index).filter((key) => !steps.has(key) && !steps.has(`${key} hold`))).toEqual([]);
      }
      checkLedger(await readLedger(accountId), logs.flatMap(readLog));
      const wallet = await auditWallet(accountId);
      if (credits === TOO_FEW) expect(wallet.availableCredits).toBeLessThan(3);
    } catch (error) {
      throw new Error(`SEED=${SEED}`, { cause: error });
    }
  },
  PATIENCE_MS,
);

function checkLedger(ledger: readonly Entry[], acknowledged: readonly Acknowledgement[]): void {
  const byId = new Map(ledger.map((entry) => [entry.id, entry]));
  expect(byId.size).toBe(ledger.length);
  // Nothing that was acknowledged is missing or somewhere else.
  const done = acknowledged.filter(({ id }) => id);
  expect(done.length).toBeGreaterThan(0);
  for (const { step, id, sequence } of done) {
    expect(id).toBe(derivedId('txn', step));
    expect(byId.get(id ?? '')).toMatchObject({ id, sequence });
  }
  // Nothing else is there but the grant.
  const steps = new Set(acknowledged.map(({ step }) => derivedId('txn', step)));
  expect(ledger.filter(({ id, kind }) => kind !== 'grant' && !steps.has(id))).toEqual([]);
  for (const entry of ledger) expect(entry.balanceAfterCredits).toBeGreaterThanOrEqual(0);
  const captured = ledger.filter(({ kind }) => kind === 'capture').map(({ chargeId }) => chargeId);
  expect(new Set(captured).size).toBe(captured.length);
}
