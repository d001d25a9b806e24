import type { CommandResult } from './commands.ts';
import { isRefused } from './ledger.errors.ts';

/** Returns true when a command has its effect now; false when it is refused or is a replay. Throws after an outage. */
export async function hasEffect(command: Promise<CommandResult>): Promise<boolean> {
  try {
    return !(await command).replayed;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
}
