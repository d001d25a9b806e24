import { randomUUID } from 'node:crypto';
import { Client, Pool, type PoolClient } from 'pg';
import { type Load, type LoadResult, runLoad } from '../support/load.ts';
import { serve } from '../support/remote.ts';
import { chargeRequest, PRICE_CREDITS, REQUEST_HASH } from '../support/request.ts';

// B2: the same charge in PostgreSQL. The id of the entry is the idempotency key, and a row is the wallet.

/** The way a charge is written, and the number of connections; further callers wait for a free connection. */
export interface PostgresWay {
  /** `pipelined`: as `statement`, but a connection sends its next statement before the previous one is answered. */
  readonly kind: 'forUpdate' | 'statement' | 'pipelined';
  readonly connections: number;
}

interface Connections {
  charge(accountId: string): Promise<void>;
  close(): Promise<unknown>;
}

const admin = new Pool({ max: 1 });

/** Locks the row, checks, writes and commits: four round trips, with the row locked for three of them. */
async function chargeForUpdate(client: PoolClient, accountId: string): Promise<void> {
  await client.query('BEGIN');
  try {
    const { rows } = await client.query(lockWallet(accountId));
    const balance = Number(rows[0]?.balance);
    if (!(balance >= PRICE_CREDITS)) throw new Error('INSUFFICIENT_CREDITS');
    await client.query(writeLocked(accountId, balance - PRICE_CREDITS));
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

function lockWallet(accountId: string) {
  return { name: 'lock', text: 'SELECT balance FROM wallets WHERE id = $1 FOR UPDATE', values: [accountId] };
}

function writeLocked(accountId: string, balance: number) {
  return {
    name: 'write',
    text: `WITH wallet AS (UPDATE wallets SET balance = $2 WHERE id = $1)
      INSERT INTO entries (id, wallet_id, amount, balance_after, request_hash, request)
        VALUES ($3, $1, $4, $2, $5, $6)`,
    values: [accountId, balance, randomUUID(), -PRICE_CREDITS, REQUEST_HASH, JSON.stringify(chargeRequest)],
  };
}

/** Charges by a single prepared statement: one round trip, and the row is locked only inside the server. */
async function chargeByStatement(client: Pick<Client, 'query'>, accountId: string): Promise<void> {
  const { rowCount } = await client.query(statement(accountId));
  if (rowCount !== 1) throw new Error('INSUFFICIENT_CREDITS');
}

function statement(accountId: string) {
  return {
    name: 'charge',
    text: `WITH wallet AS (
        UPDATE wallets SET balance = balance - $2 WHERE id = $1 AND balance >= $2 RETURNING balance
      )
      INSERT INTO entries (id, wallet_id, amount, balance_after, request_hash, request)
      SELECT $3, $1, -$2, balance, $4, $5 FROM wallet RETURNING balance_after`,
    values: [accountId, PRICE_CREDITS, randomUUID(), REQUEST_HASH, JSON.stringify(chargeRequest)],
  };
}

/** Opens connections and prepares their statements, so that the figures don't include either. */
async function open({ kind, connections }: PostgresWay): Promise<Connections> {
  return kind === 'pipelined' ? openPipelined(connections) : openPool(kind, connections);
}

async function openPool(kind: 'forUpdate' | 'statement', connections: number): Promise<Connections> {
  const pool = new Pool({ max: connections, idleTimeoutMillis: 0 });
  const chargeWith = kind === 'forUpdate' ? chargeForUpdate : chargeByStatement;
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  await Promise.all(clients.map((client) => chargeWith(client, NOBODY).catch(() => {})));
  for (const client of clients) client.release();
  const charge = async (accountId: string) => {
    const client = await pool.connect();
    await chargeWith(client, accountId).finally(() => client.release());
  };
  return { charge, close: () => pool.end() };
}

async function openPipelined(connections: number): Promise<Connections> {
  const clients = Array.from({ length: connections }, () => new Client({ pipeline: true }));
  await Promise.all(clients.map((client) => client.connect()));
  await Promise.all(clients.map((client) => chargeByStatement(client, NOBODY).catch(() => {})));
  let turn = 0;
  const charge = (accountId: string) => {
    turn += 1;
    return chargeByStatement(clients[turn % connections] as Client, accountId);
  };
  return { charge, close: () => Promise.all(clients.map((client) => client.end())) };
}

/** Id of a wallet that doesn't exist. */
const NOBODY = 'nobody';

async function prepare(): Promise<void> {
  await admin.query(`
    CREATE TABLE wallets (id text PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
    CREATE TABLE entries (
      id text PRIMARY KEY, wallet_id text NOT NULL, amount bigint NOT NULL, balance_after bigint NOT NULL,
      request_hash text NOT NULL, request jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
    )`);
}

async function create(wallet: { accountId: string; credits: number }): Promise<void> {
  await admin.query('INSERT INTO wallets VALUES ($1, $2)', [wallet.accountId, wallet.credits]);
}

async function charge(order: { accountId: string; way: PostgresWay; load: Load }): Promise<LoadResult> {
  const connections = await open(order.way);
  try {
    return await runLoad(order.load, () => connections.charge(order.accountId));
  } finally {
    await connections.close();
  }
}

/** Returns the number of entries and the balance in the database, for a comparison with the answers. */
async function audit({ accountId }: { accountId: string }): Promise<{ entries: number; balance: number }> {
  const { rows } = await admin.query(
    'SELECT balance, (SELECT count(*) FROM entries WHERE wallet_id = $1) AS entries FROM wallets WHERE id = $1',
    [accountId],
  );
  return { entries: Number(rows[0].entries), balance: Number(rows[0].balance) };
}

const methods = { prepare, create, charge, audit };
export type Postgres = typeof methods;
serve(methods);
