import { keepLine, takeComplaints, takeLines } from './logged.ts';
import { newInServerLogs, skipServerLogs } from './serverLogs.ts';

declare global {
  /** Called by jest's environment after each test. */
  var whenTestEnds: ((name: string, hasFailed: boolean) => void) | undefined;
}

// Tests print nothing: their log is kept, and printed when a test fails. A warning or an error that no test asserts
// fails the test.
const LEVELS = { debug: 'info', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const;
const print = console.log.bind(console);
for (const [method, level] of Object.entries(LEVELS)) {
  console[method as keyof typeof LEVELS] = (...args: unknown[]) => keepLine(level, args);
}

function expectNothingUnasserted(): void {
  const complaints = takeComplaints().map((complaint) => JSON.stringify(complaint));
  if (complaints.length === 0) return;
  throw new Error(`Logged, and asserted by no test (see takeLogged):\n${complaints.join('\n')}`);
}

afterEach(expectNothingUnasserted);
afterAll(expectNothingUnasserted);

globalThis.whenTestEnds = (name, hasFailed) => {
  const logged = takeLines();
  if (hasFailed) {
    logged.push(...newInServerLogs());
    if (logged.length > 0) print(`Logged during "${name}":\n${logged.join('\n')}`);
  }
  skipServerLogs();
};
