import { AppError } from '@cloud-bridge/base';
import type { CommandResult } from './commands.ts';
import { hasEffect } from './hasEffect.ts';

it('a command has an effect when it is neither a replay nor refused', async () => {
  const result = (replayed: boolean) => Promise.resolve({ replayed } as CommandResult);
  expect(await hasEffect(result(false))).toBe(true);
  expect(await hasEffect(result(true))).toBe(false);
  expect(await hasEffect(Promise.reject(new AppError('CHARGE_NOT_HELD', 'It is settled.')))).toBe(false);
  await expect(hasEffect(Promise.reject(new AppError('BUSY', 'Later.')))).rejects.toMatchObject({ code: 'BUSY' });
});
