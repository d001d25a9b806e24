// Loads a built entry as Cloud Functions does, and prints how long this process has lived when `api` is there and
// when it has answered its first request. A plain script, so that nothing but the entry is loaded.
const { createServer, get } = require('node:http');

const { api } = require(process.argv[2]);
if (typeof api !== 'function') throw new Error('The entry exports no api.');
const loadedMs = performance.now();

const server = createServer(api).listen(0, '127.0.0.1', () => {
  get({ port: server.address().port, path: '/health' }, (response) => {
    response.resume();
    response.on('end', () => {
      if (response.statusCode !== 200) throw new Error(`api answered ${response.statusCode}.`);
      // Only the last line is read: the product logs its requests before.
      console.log(`\n${JSON.stringify({ loadedMs, answeredMs: performance.now() })}`);
      process.exit();
    });
  });
});
