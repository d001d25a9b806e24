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

test('loads the object once, on the first call, and passes calls on to it', async () => {
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

test('awaiting the proxy does not load the object', async () => {
  const load = jest.fn(async () => new Greeter());
  const greeter = lazily<Greeter>(load);
  expect(await greeter).toBe(greeter);
  expect(load).not.toHaveBeenCalled();
});

test('a call rejects with the error of a failed load', async () => {
  const greeter = lazily<Greeter>(async () => {
    throw new Error('no secret is set');
  });
  await expect(greeter.greet('you')).rejects.toThrow('no secret is set');
});
