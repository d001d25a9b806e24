import { spawn } from 'node:child_process';

/** Exit code of an interrupted command. */
export const INTERRUPTED = 130;

/**
 * Runs a command without output. If the command fails, the error has its last lines.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd: string, what: string, lock?: {addProcess(pid: number): void}}} options
 * @returns {Promise<void>}
 */
export function runQuietly(command, args, { cwd, what, lock }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: outsideNpmScript() });
    if (lock && child.pid) lock.addProcess(child.pid);
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    let interruptedBy;
    const interrupt = (signal) => {
      interruptedBy ??= signal;
      child.kill('SIGTERM');
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, interrupt);
    const settle = (outcome) => {
      for (const signal of signals) process.off(signal, interrupt);
      outcome();
    };
    child.on('error', (error) => settle(() => reject(problem(`${what} could not be started: ${error.message}`))));
    child.on('close', (code) =>
      settle(() => {
        if (interruptedBy) reject(problem('Interrupted; the next run installs again.', INTERRUPTED));
        else if (code === 0) resolve();
        else reject(problem(`${what} failed (exit code ${code}). Its last lines:\n${lastLines(output, 25)}`));
      }),
    );
  });
}

/** Returns an environment in which a nested npm doesn't treat itself as part of the running script. */
function outsideNpmScript() {
  const own = /^npm_(package|lifecycle|command|node_execpath|config_local_prefix)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

function problem(message, exitCode = 1) {
  return Object.assign(new Error(message), { problem: message, exitCode });
}
