import { lazily } from './lazily.ts';

class Greeter {
  readonly #greeting = 'Hello';

  async greet(name: string): Promise<string> {
    return `${this.#greeting}, ${name}`;
  }

  async fail(): Promise<never> {
    throw new Error('out of words');
  }
}

test('loads on the first call, once, and passes calls on', async () => {
  const load = jest.fn(async () => new Greeter());
  const greeter = lazily<Greeter>(load);
  expect(load).not.toHaveBeenCalled();
  await expect(Promise.all([greeter.greet('you'), greeter.greet('all')])).resolves.toEqual([
    'Hello, you',
    'Hello, all',
  ]);
  await expect(greeter.fail()).rejects.toThrow('out of words');
  expect(load).toHaveBeenCalledTimes(1);
});

test('can be awaited itself, and is not loaded by that', async () => {
  const load = jest.fn(async () => new Greeter());
  const greeter = lazily<Greeter>(load);
  expect(await greeter).toBe(greeter);
  expect(load).not.toHaveBeenCalled();
});

test('a call fails as the load did', async () => {
  const greeter = lazily<Greeter>(async () => {
    throw new Error('no secret is set');
  });
  await expect(greeter.greet('you')).rejects.toThrow('no secret is set');
});
