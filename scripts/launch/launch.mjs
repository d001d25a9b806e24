import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { node24Path } from './node24.mjs';

const parent = process.ppid;
const root = dirname(dirname(import.meta.dirname));

const tasks = {
  start: 'start the emulator suite and the local Stripe, until Ctrl-C',
  test: 'run every check and test; arguments are passed to jest: npm test -- charges',
  stripe: 'run payment tests against Stripe itself; needs STRIPE_SECRET_KEY=sk_test_…',
  soak: 'test the wallet core and the API for hours: properties, histories, faults, random requests',
  mutants: 'put deliberate bugs into the wallet core and check that tests catch each',
  bench: 'compare the wallet core with the usual alternatives; --quick, --only <figure>',
  check: 'format, lint, types, unused code',
  demo: 'buy credits, spend them, print the ledger',
  audit: 'rebuild every wallet from its ledger and report those that differ',
  maintenance: 'on, off or status: stop all writes of the functions, for example for a restore',
  'emulator-data': 'create emulator-data/ again',
  reference: 'write the pages of docs/reference that are generated from the code',
};

/**
 * Installs the dependencies if necessary, then runs `scripts/<task>.ts` with the project's own Node 24.
 *
 * @param {string[]} args name of the task, then the task's arguments
 */
export async function launch([task, ...rest]) {
  const problem = unsupported(task);
  if (problem) {
    console.error(problem.message);
    process.exitCode = problem.exitCode;
    return;
  }
  try {
    await ensureInstalled(root);
  } catch (error) {
    console.error(error.problem ?? error);
    process.exitCode = error.exitCode ?? 1;
    return;
  }
  run(join(root, 'scripts', `${task}.ts`), rest);
}

function unsupported(task) {
  if (!Object.hasOwn(tasks, task ?? '') || !existsSync(join(root, 'scripts', `${task}.ts`))) {
    const lines = Object.entries(tasks).map(([name, purpose]) => `  ${name.padEnd(14)} ${purpose}`);
    return { exitCode: 2, message: ['Usage: node scripts/run.mjs <task> [arguments]', ...lines].join('\n') };
  }
  if (process.platform === 'win32') {
    return { exitCode: 1, message: 'On Windows, run this inside WSL: it needs POSIX processes and signals.' };
  }
  return undefined;
}

function run(script, args) {
  const node = node24Path(root);
  const child = spawn(node, [script, ...args], {
    cwd: root,
    // The channel has no messages. It closes when this process ends in any way, and then the task stops.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter), ...directConnections() },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  watchParent(() => child.kill('SIGHUP'));
  child.on('error', (error) => {
    console.error(`Could not run ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal) spawnSync(node, [join(root, 'local', 'suite', 'afterCrash.ts')], { stdio: 'inherit' });
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}

/** Watches the parent: npm doesn't forward every signal (SIGKILL, SIGHUP), and no process may outlive the command. */
function watchParent(whenGone) {
  if (!process.env.npm_lifecycle_event) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    whenGone();
  }, 500);
  timer.unref();
}

/** Returns environment variables that bypass a configured proxy, because all connections stay on this machine. */
function directConnections() {
  const hosts = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  return { NO_PROXY: hosts, no_proxy: hosts };
}
