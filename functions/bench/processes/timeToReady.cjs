// Loads a built entry as Cloud Functions does, and prints the age of this process when `api` is loaded and when `api`
// has answered its first request. This is a plain script, so that only the entry is loaded.
const { createServer, get } = require('node:http');

const { api } = require(process.argv[2]);
if (typeof api !== 'function') throw new Error('The entry has no export named api.');
const loadedMs = performance.now();

const server = createServer(api).listen(0, '127.0.0.1', () => {
  get({ port: server.address().port, path: '/health' }, (response) => {
    response.resume();
    response.on('end', () => {
      if (response.statusCode !== 200) throw new Error(`api answered ${response.statusCode}.`);
      // The reader takes only the last line, because the product logs its requests before.
      console.log(`\n${JSON.stringify({ loadedMs, answeredMs: performance.now() })}`);
      process.exit();
    });
  });
});
