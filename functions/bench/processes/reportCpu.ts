// Loaded into the functions framework before other modules. Reports the processor time of the process on request.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1000);
});
process.on('disconnect', () => process.exit());
