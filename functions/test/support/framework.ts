import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../bench/support/freePort.ts';
import { newServerLog } from './serverLogs.ts';
import {
  CREEM_API_KEY,
  CREEM_URL,
  CREEM_WEBHOOK_SECRET,
  DEPLOYMENT_KEY,
  HOSTING_URL,
  PROJECT,
  STRIPE_SECRET_KEY,
  STRIPE_URL,
  STRIPE_WEBHOOK_SECRET,
  UPSTREAM_SECRET,
  UPSTREAM_URL,
} from './suite.ts';

const ROOT = join(__dirname, '../../..');

/** The built functions under the framework that Cloud Functions runs: one process with many requests at once. */
export interface Framework {
  readonly url: string;
  /** Returns everything that the process has printed so far. */
  output(): string;
  /** Waits until the process has ended by itself. Returns its exit code. */
  ended(): Promise<number | null>;
  stop(): Promise<void>;
}

/** Serves an exported function on a free port: of the product, or of another folder with a package. */
export async function startFramework(
  target: string,
  environment: Record<string, string> = {},
  source = join(ROOT, 'functions'),
): Promise<Framework> {
  const port = await freePort();
  const main = join(ROOT, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
  const logPath = newServerLog(target);
  const logFile = openSync(logPath, 'w');
  const child = spawn(
    process.execPath,
    [main, '--source', source, '--signature-type', 'http', '--port', String(port)],
    {
      env: {
        ...process.env,
        FUNCTION_TARGET: target,
        GCLOUD_PROJECT: PROJECT,
        STRIPE_SECRET_KEY,
        STRIPE_WEBHOOK_SECRETS: STRIPE_WEBHOOK_SECRET,
        STRIPE_API_BASE_URL: STRIPE_URL,
        CREEM_API_BASE_URL: CREEM_URL,
        CREEM_API_KEY,
        CREEM_WEBHOOK_SECRETS: CREEM_WEBHOOK_SECRET,
        DEPLOYMENT_KEYS: DEPLOYMENT_KEY,
        ALLOWED_ORIGINS: HOSTING_URL,
        CATALOG: 'cloud-bridge',
        DELIVERY_UPSTREAM_URL: UPSTREAM_URL,
        DELIVERY_UPSTREAM_SECRET: UPSTREAM_SECRET,
        DELIVERY_DEADLINE_SECONDS: '4',
        STRIPE_TAX: 'off',
        WEBHOOK_TARGETS: 'loopback',
        ...environment,
      },
      stdio: ['ignore', logFile, logFile],
    },
  );
  closeSync(logFile);
  const output = () => readFileSync(logPath, 'utf8');
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url, child, output);
  return {
    url,
    output,
    ended: () => ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilAnswers(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the framework ended:\n${output()}`);
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
