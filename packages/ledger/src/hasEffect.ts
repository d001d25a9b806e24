import { AppError } from '@cloud-bridge/base';
import type { CommandResult } from './commands.ts';

/** True when a command had its effect now, false when it was refused or had it before; an outage is thrown. */
export async function hasEffect(command: Promise<CommandResult>): Promise<boolean> {
  try {
    return !(await command).replayed;
  } catch (error) {
    if (error instanceof AppError && error.httpStatus < 500) return false;
    throw error;
  }
}
