import { createRequire } from 'node:module';

const ofJest = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: TestSequencer } = ofJest('@jest/test-sequencer');

/**
 * The isolation test runs first; all other tests keep jest's order. After each operation this test reads all documents
 * of two accounts, and the emulator scans the whole project for each query, so at the end of a run the test would take
 * many times as long.
 */
const FIRST = 'functions/test/isolation/everyOperation.test.ts';

export default class TestOrder extends TestSequencer {
  sort(tests) {
    const isFirst = ({ path }) => path.endsWith(FIRST);
    const sorted = super.sort(tests);
    return [...sorted.filter(isFirst), ...sorted.filter((test) => !isFirst(test))];
  }
}
