import { dirname } from 'node:path';
import { runChecks } from '../local/suite/task/checks.ts';
import { runTask } from '../local/suite/task/runTask.ts';

await runTask(async (interrupted) => {
  const results = await runChecks(dirname(import.meta.dirname), interrupted);
  return results.every(({ ok }) => ok) ? 0 : 1;
});
