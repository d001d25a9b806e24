import { problemsOf } from './account.ts';
import { productAccount, usualAccount } from './accounts.ts';
import type { Bench } from './bench.ts';

const SECONDS = 10;
const SLICES = 5;

/**
 * Warms up the emulator. Java compiles code only after the code has run often, and until then the emulator is several
 * times slower, so the first figure would measure the emulator's age. Returns the problems that occurred.
 */
export async function warmUp(bench: Bench): Promise<string[]> {
  console.error('warming the emulator up');
  const ours = await productAccount(bench, 'warming up');
  const theirs = await usualAccount(bench, 0);
  const product = await bench.product(0);
  const usual = await bench.usualPattern(0);
  const durationMs = bench.seconds(SECONDS) / SLICES;
  for (let slice = 0; slice < SLICES; slice += 1) {
    bench.options.ended.throwIfAborted();
    ours.note(await product.call('charge', { accountId: ours.id, load: { callers: 64, durationMs } }));
    theirs.note(await usual.call('charge', { accountId: theirs.id, load: { callers: 1, durationMs } }));
  }
  return problemsOf([ours, theirs]);
}
