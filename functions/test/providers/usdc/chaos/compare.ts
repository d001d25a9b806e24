import { ENTRIES } from '../../../../../packages/ledger/src/storedEntry.ts';
import type { ListedTransfer } from '../../../../src/sales/deposits/depositProvider.ts';
import type { Order } from '../../../../src/sales/orders/order.ts';
import { auditWallet } from '../../../support/ledger.ts';
import type { Shop } from '../shop.ts';
import type { Claim, Life } from './Life.ts';
import { type ConfirmedTransfer, confirmedTransfers } from './truth.ts';

const MIN_MICROS = 10_000_000n;
const MAX_MICROS = 1_000_000_000_000_000n;
const MICROS_PER_CREDIT = 100_000n;

/** A credit that there has to be. */
interface Expected {
  readonly accountId: string;
  readonly paymentId: string;
  readonly credits: number;
}

/** Compares what the backend has with what the chain says, in the end. Gives what there was to compare. */
export async function compareWithChain(shop: Shop, life: Life): Promise<ReadonlySet<string>> {
  const transfers = await confirmedTransfers(shop.chain);
  const own = transfers.filter((transfer) => ownerOf(life, transfer));
  const credited = own.filter(({ amountMicros }) => amountMicros >= MIN_MICROS && amountMicros <= MAX_MICROS);
  const expected = credited.map((transfer) => expectedOf(life, transfer));
  await expectCredited(shop, expected);
  await expectWallets(shop, life, expected);
  expectReported(shop, own);
  for (const claim of life.claims) expectTrueAnswer(claim, life, credited);
  expectFirstAnswers(life.claims);
  return new Set([...life.happened, ...happenedTo(life, own, credited)]);
}

function ownerOf(life: Life, { toAddress }: ConfirmedTransfer) {
  return life.customers.find(({ address }) => address.toLowerCase() === toAddress);
}

function paymentIdOf({ txHash, position }: ConfirmedTransfer): string {
  return `base_${txHash}_${position}`;
}

function expectedOf(life: Life, transfer: ConfirmedTransfer): Expected {
  const credits = Number(transfer.amountMicros / MICROS_PER_CREDIT);
  return { accountId: ownerOf(life, transfer)?.accountId ?? '', paymentId: paymentIdOf(transfer), credits };
}

/** Every deposit has one order, one entry and one event; and there are no others, of whomever. */
async function expectCredited({ db }: Shop, expected: readonly Expected[]): Promise<void> {
  const read = async <T>(query: FirebaseFirestore.Query) => (await query.get()).docs.map((found) => found.data() as T);
  const [orders, entries, events] = await Promise.all([
    read<Order>(db.collection('orders')),
    db.collectionGroup('entries').get(),
    read<{ accountId: string; type: string }>(db.collection('accountEvents')),
  ]);
  const told = orders.map(({ accountId, paymentId, credits }) => ({ accountId, paymentId, credits }));
  expect(byPayment(told)).toEqual(byPayment(expected));
  for (const order of orders) expect(order).toMatchObject({ status: 'paid', provider: 'usdc', kind: 'topup' });
  const ledger = entries.docs
    .map((document) => ENTRIES.fromFirestore(document))
    .map(({ accountId, id, amountCredits }) => ({
      accountId,
      paymentId: id,
      credits: amountCredits,
    }));
  const inLedger = expected.map((deposit) => ({ ...deposit, paymentId: `usdc_${deposit.paymentId}` }));
  expect(byPayment(ledger)).toEqual(byPayment(inLedger));
  expect(events.map(({ accountId, type }) => `${accountId} ${type}`).sort()).toEqual(
    expected.map(({ accountId }) => `${accountId} order.paid`).sort(),
  );
}

function byPayment<T extends { readonly paymentId: string | null }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => String(a.paymentId).localeCompare(String(b.paymentId)));
}

async function expectWallets({ db }: Shop, { customers }: Life, expected: readonly Expected[]): Promise<void> {
  for (const { accountId } of customers) {
    const own = expected.filter((deposit) => deposit.accountId === accountId);
    const { availableCredits } = await auditWallet(accountId, 'main', db);
    expect(availableCredits).toBe(own.reduce((sum, { credits }) => sum + credits, 0));
  }
}

/** What is too small is told to an operator, and nothing else is. */
function expectReported({ errors }: Shop, own: readonly ConfirmedTransfer[]): void {
  const small = own.filter(({ amountMicros }) => amountMicros > 0n && amountMicros < MIN_MICROS);
  const reported = errors.flatMap(({ message, fields }) => {
    // A claim credits all of its transaction; a scan tells of what it has left aside, the largest first.
    if (message === 'a deposit was not credited') return [nameOf(fields as never, fields.address, fields.code)];
    if (message !== 'deposits were not credited') return [];
    const largest = fields.largest as ListedTransfer[];
    return largest.map((transfer) => nameOf(transfer, transfer.toAddress, fields.code));
  });
  const expected = small.map((transfer) => nameOf(transfer, transfer.toAddress, 'AMOUNT_TOO_SMALL'));
  expect([...new Set(reported)].sort()).toEqual([...new Set(expected)].sort());
}

function nameOf({ txHash, amountMicros }: Omit<ListedTransfer, 'toAddress'>, address: unknown, code: unknown): string {
  return `${txHash} ${String(address).toLowerCase()} ${amountMicros} ${code}`;
}

/** Who was told that it is credited has the deposit, and who was refused for good has none. */
function expectTrueAnswer(
  { customer, txHash, amountMicros, reply, trouble }: Claim,
  life: Life,
  credited: readonly ConfirmedTransfer[],
): void {
  const claimed = credited
    .filter((transfer) => transfer.txHash === txHash && transfer.amountMicros === BigInt(amountMicros))
    .filter((transfer) => ownerOf(life, transfer) === customer);
  if (reply.status === 200) {
    const { paymentId, txHash: toldHash, credits } = reply.data;
    expect(claimed.map(paymentIdOf)).toContain(paymentId);
    expect([toldHash, credits]).toEqual([txHash, Math.floor(amountMicros / Number(MICROS_PER_CREDIT))]);
  }
  if (reply.status === 400 || reply.status === 422) expect(claimed).toEqual([]);
  const possible = [200, 400, 404, 409, 422];
  if (trouble?.at === 'node') possible.push(503);
  if (trouble?.at === 'commit') possible.push(500, 503);
  if (!possible.includes(reply.status)) throw reply.failure(`expected one of ${possible}`);
}

/** Of those who were told that a deposit is credited, at most one was told that it is now. */
function expectFirstAnswers(claims: readonly Claim[]): void {
  const first = claims.filter(({ reply }) => reply.status === 200 && !reply.headers.has('idempotent-replayed'));
  const payments = first.map(({ reply }) => reply.data.paymentId);
  expect(payments).toHaveLength(new Set(payments).size);
}

function happenedTo(
  { moved, gone, claims }: Life,
  own: readonly ConfirmedTransfer[],
  credited: readonly ConfirmedTransfer[],
): string[] {
  const hashes = credited.map(({ txHash }) => txHash);
  return [
    ...(hashes.some((hash) => moved.has(hash)) ? ['credited from another block'] : []),
    ...(gone.size > 0 ? ['transaction gone'] : []),
    ...(claims.some(({ txHash, reply }) => gone.has(txHash) && reply.status === 409) ? ['claimed, then gone'] : []),
    ...(new Set(hashes).size < hashes.length ? ['several deposits in a transaction'] : []),
    ...(own.some(({ amountMicros }) => amountMicros < MIN_MICROS) ? ['too small'] : []),
    ...(own.some(({ amountMicros }) => amountMicros > MAX_MICROS) ? ['too large'] : []),
  ];
}
