// A process that spends from one wallet until it is killed or done: node spendUntilKilled.ts ACCOUNT LOG KEYS…
// Each command that was acknowledged is a line of LOG; commands that LOG already has are left out after a restart.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { derivedId, randomId, requestHash } from '@cloud-bridge/base';
import { type CommandResult, Ledger, type WalletCommand } from '@cloud-bridge/ledger';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { hasCode, isRefused } from '../../../src/platform/errors/refusal.ts';

const AT_ONCE = 4;
const MAX_RETRIES = 20;

const [accountId = '', log = '', ...keys] = process.argv.slice(2);
const address = { accountId, walletId: 'main' };
const wallets = new Ledger(getFirestore(initializeApp({ projectId: process.env.GCLOUD_PROJECT ?? '' })));

const logged = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
// A line that was cut off by the end of the process doesn't count: its command is sent again.
const acknowledged = new Set(logged.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line).step));
if (logged.at(-1)) appendFileSync(log, '\n');

/** Every third key is a hold that is captured in part; the others are charges. */
function stepsOf(key: string): { step: string; command: WalletCommand }[] {
  const idOf = (step: string) => derivedId('txn', step);
  const base = (step: string) => ({
    entryId: idOf(step),
    commandId: randomId('cmd'),
    requestHash: requestHash(step),
    now: new Date().toISOString(),
  });
  const spending = { operation: 'presetShare', quantity: 1, amountCredits: 3, description: key, metadata: {} };
  if (Number(key.replaceAll(/\D/g, '')) % 3 !== 0) {
    return [{ step: key, command: { ...base(key), type: 'charge', ...spending, hold: null } }];
  }
  const hold = `${key} hold`;
  const capture = `${key} capture`;
  const expiresAt = '2999-01-01T00:00:00.000Z';
  return [
    { step: hold, command: { ...base(hold), type: 'charge', ...spending, hold: { expiresAt } } },
    { step: capture, command: { ...base(capture), type: 'capture', chargeId: idOf(hold), amountCredits: 2 } },
  ];
}

/** What a client does with a 503: the same once more. */
async function submitUntilAnswered(command: WalletCommand): Promise<CommandResult> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await wallets.submit(address, { ...command, commandId: randomId('cmd') });
    } catch (error) {
      if (!hasCode(error, 'WALLET_BUSY') || retries === MAX_RETRIES) throw error;
    }
  }
}

async function spend(key: string): Promise<void> {
  for (const { step, command } of stepsOf(key)) {
    if (acknowledged.has(step)) continue;
    try {
      const { entry } = await submitUntilAnswered(command);
      appendFileSync(log, `${JSON.stringify({ step, id: entry.id, sequence: entry.sequence })}\n`);
    } catch (error) {
      // An empty wallet is an answer too; a hold that was refused has nothing to capture.
      if (!isRefused(error)) throw error;
      appendFileSync(log, `${JSON.stringify({ step, refused: error.code })}\n`);
      return;
    } finally {
      process.stdout.write('.');
    }
  }
}

const waiting = [...keys];
async function work(): Promise<void> {
  for (let key = waiting.shift(); key; key = waiting.shift()) await spend(key);
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
