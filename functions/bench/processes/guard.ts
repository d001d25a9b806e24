import { spawn } from 'node:child_process';
import { constants } from 'node:os';

// Runs a server that would outlive a benchmark that was killed: it ends when the process that started this one is
// gone. Arguments: the user and group to run it as (empty: ours), the command, its arguments.
const [user = '', command = '', ...args] = process.argv.slice(2);
const [uid, gid] = user.split(':').map(Number);
const parent = process.ppid;

const child = spawn(command, args, {
  stdio: 'inherit',
  ...(user && uid !== undefined && gid !== undefined && { uid, gid }),
});
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
setInterval(() => {
  if (process.ppid !== parent) child.kill('SIGKILL');
}, 500);
