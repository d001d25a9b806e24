const { spawn } = require('node:child_process');

// Anvil with the arguments that are given. It must not outlive the test that started it, however that ends: the channel
// to this process closes then. (The package's own way in would leave it behind.)
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
const anvil = spawn(
  require.resolve(`@foundry-rs/anvil-${process.platform}-${architecture}/bin/anvil`),
  process.argv.slice(2),
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
anvil.on('exit', (code) => process.exit(code ?? 1));
process.on('disconnect', () => anvil.kill('SIGKILL'));
