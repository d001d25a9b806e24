import type { CommandResult } from './commands.ts';
import { isRefused } from './ledger.errors.ts';

/** True when a command had its effect now, false when it was refused or had it before; an outage is thrown. */
export async function hasEffect(command: Promise<CommandResult>): Promise<boolean> {
  try {
    return !(await command).replayed;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
}
