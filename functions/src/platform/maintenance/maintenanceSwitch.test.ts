import { OFF, ON_SINCE_EVER, refusesEveryWrite, type SwitchState } from './maintenance.ts';
import { MaintenanceSwitch } from './maintenanceSwitch.ts';

const ON: SwitchState = { isOn: true, since: '2026-03-14T12:00:00.000Z' };

/** A switch whose time and stored state the test sets. */
class Bench {
  nowMs = 0;
  reads = 0;
  answer: () => Promise<SwitchState> = async () => OFF;
  readonly errors: string[] = [];
  readonly switch = new MaintenanceSwitch(
    {
      read: () => {
        this.reads += 1;
        return this.answer();
      },
    },
    { info: () => {}, warn: () => {}, error: (message) => void this.errors.push(message) },
    () => this.nowMs,
  );

  /** Returns the state that a request gets at a time, and how often the switch has been read by then. */
  async at(seconds: number): Promise<[isOn: boolean, reads: number]> {
    this.nowMs = seconds * 1000;
    return [await this.switch.isOn(), this.reads];
  }
}

/** Waits for background reads. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

it('is read once for all first requests of a process, and again after five seconds', async () => {
  expect(await Promise.all([bench.at(0), bench.at(0), bench.at(0)])).toEqual(Array(3).fill([false, 1]));
  expect(await bench.at(4.9)).toEqual([false, 1]);
});

it('is read in the background while requests arrive, which see a change within ten seconds', async () => {
  await bench.at(0);
  bench.answer = async () => ON;
  // The state read five seconds ago is still used, and the request that triggers a read doesn't wait.
  expect((await bench.at(5))[0]).toBe(false);
  await settle();
  expect(await bench.at(5)).toEqual([true, 2]);
  bench.answer = async () => OFF;
  await bench.at(10);
  await settle();
  expect(await bench.at(10)).toEqual([false, 3]);
});

it('delays the first request after ten seconds without requests until it is read', async () => {
  await bench.at(0);
  bench.answer = async () => ON;
  expect(await bench.at(10)).toEqual([true, 2]);
});

it('counts as on if it was never read, and is read again a second later', async () => {
  bench.answer = () => Promise.reject(new Error('no answer'));
  expect(await bench.at(0)).toEqual([true, 1]);
  expect(await bench.at(0.9)).toEqual([true, 1]);
  expect(bench.errors).toHaveLength(1);
  bench.answer = async () => OFF;
  expect(await bench.at(1)).toEqual([false, 2]);
});

it('keeps its state for a minute while it can’t be read, delays no request, and then counts as on', async () => {
  await bench.at(0);
  bench.answer = () => Promise.reject(new Error('no answer'));
  expect((await bench.at(10))[0]).toBe(false);
  // Requests don't wait for a switch whose last read failed.
  const answer = Promise.withResolvers<SwitchState>();
  bench.answer = () => answer.promise;
  for (const seconds of [12, 30, 59.9]) expect((await bench.at(seconds))[0]).toBe(false);
  expect((await bench.at(60))[0]).toBe(true);
  answer.resolve(OFF);
  await settle();
});

it('is off again as soon as it can be read', async () => {
  await bench.at(0);
  bench.answer = () => Promise.reject(new Error('no answer'));
  await bench.at(10);
  await bench.at(70);
  await settle();
  bench.answer = async () => OFF;
  await bench.at(80);
  await settle();
  expect((await bench.at(80))[0]).toBe(false);
});

it('lets earlier work write for ten minutes, or not at all if the beginning of maintenance is not known', async () => {
  expect(refusesEveryWrite(OFF, '2026-03-14T13:00:00.000Z')).toBe(false);
  expect(refusesEveryWrite(ON, '2026-03-14T12:09:59.999Z')).toBe(false);
  expect(refusesEveryWrite(ON, '2026-03-14T12:10:00.000Z')).toBe(true);
  expect(refusesEveryWrite(ON_SINCE_EVER, '2026-03-14T12:00:00.000Z')).toBe(true);
});
