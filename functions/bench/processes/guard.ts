import { spawn } from 'node:child_process';
import { constants } from 'node:os';

// Runs a server and ends it when the process that started this guard has ended. Without a guard, the server would
// outlive a killed benchmark. Arguments: `user:group` to run the server as (empty: this process's user), the command,
// its arguments.
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
