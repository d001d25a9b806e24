// A node must not outlive the test that started it, however that ends: the channel to it closes then.
process.on('disconnect', () => process.exit());
