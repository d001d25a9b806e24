import { sweep } from './sweep.ts';

interface Line {
  readonly message: string;
  readonly fields: Record<string, unknown> | undefined;
}

/** A list of numbers, which leave the list when they are settled, and a log. */
class Sweeper {
  readonly lines: Line[] = [];
  readonly tried: number[] = [];
  left: number[];

  constructor(items: number) {
    this.left = Array.from({ length: items }, (_, index) => index);
  }

  run(settle: (item: number) => boolean): Promise<number> {
    const note = (message: string, fields?: Record<string, unknown>) => void this.lines.push({ message, fields });
    return sweep(
      { info: note, warn: note, error: note },
      async (limit, offset) => this.left.slice(offset, offset + limit),
      async (item) => {
        this.tried.push(item);
        if (!settle(item)) return false;
        this.left = this.left.filter((other) => other !== item);
        return true;
      },
      String,
    );
  }
}

it('settles every item, page after page', async () => {
  const sweeper = new Sweeper(1_000);
  expect(await sweeper.run(() => true)).toBe(1_000);
  expect(sweeper.left).toEqual([]);
  expect(sweeper.lines).toEqual([]);
});

it('skips items that stay in the list, tries each once, and names some in the log', async () => {
  const sweeper = new Sweeper(1_000);
  expect(await sweeper.run((item) => item >= 450)).toBe(550);
  expect(sweeper.tried.sort((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  expect(sweeper.lines).toEqual([
    { message: 'not swept', fields: { count: 450, items: Array.from({ length: 20 }, (_, index) => String(index)) } },
  ]);
});

it('skips items that fail, and throws the first failure at the end', async () => {
  const sweeper = new Sweeper(500);
  const outage = new Error('no connection');
  const run = sweeper.run((item) => {
    if (item % 2 === 0) throw outage;
    return true;
  });
  await expect(run).rejects.toBe(outage);
  expect(sweeper.left.every((item) => item % 2 === 0)).toBe(true);
  expect(sweeper.lines[0]).toMatchObject({ message: 'could not be swept', fields: { item: '0', count: 250 } });
});

it('ends even when the list never shrinks', async () => {
  let pages = 0;
  const quiet = { info() {}, warn() {}, error() {} };
  const list = async () => {
    pages += 1;
    if (pages > 1_000) throw new Error('it never ends');
    return Array.from({ length: 200 }, () => 1);
  };
  expect(await sweep(quiet, list, async () => true, String)).toBe(pages * 200);
  expect(await sweep(quiet, list, async () => false, String)).toBe(0);
});
