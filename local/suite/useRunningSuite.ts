import { answers, readPorts } from './ports.ts';
import { Problem } from './task/problem.ts';
import { clientEnvironment } from './urls.ts';

/**
 * Has this process use the suite that runs here.
 * @throws a Problem when none does: clients would wait for a minute
 */
export async function useRunningSuite(): Promise<void> {
  const ports = readPorts(process.cwd(), process.env);
  if (!(await answers(ports.firestore))) {
    throw new Problem('No suite is running here: run `npm start`, or name a project in GOOGLE_CLOUD_PROJECT.');
  }
  Object.assign(process.env, clientEnvironment(ports));
}
