import { createRequire } from 'node:module';

const ofJest = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: TestSequencer } = ofJest('@jest/test-sequencer');

/**
 * Jest's own order, but for what goes first: after each operation that test reads all documents of two accounts, and
 * the emulator goes through the whole project with each query. At the end of a run that takes many times as long.
 */
const FIRST = 'functions/test/isolation/everyOperation.test.ts';

export default class TestOrder extends TestSequencer {
  sort(tests) {
    const isFirst = ({ path }) => path.endsWith(FIRST);
    const sorted = super.sort(tests);
    return [...sorted.filter(isFirst), ...sorted.filter((test) => !isFirst(test))];
  }
}
