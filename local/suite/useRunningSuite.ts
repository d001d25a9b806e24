import { answers, readPorts } from './ports.ts';
import { Problem } from './task/problem.ts';
import { clientEnvironment } from './urls.ts';

/**
 * Sets this process's environment to use the running suite.
 *
 * @throws Problem when no suite is running, because clients would otherwise wait for a minute
 */
export async function useRunningSuite(): Promise<void> {
  const ports = readPorts(process.cwd(), process.env);
  if (!(await answers(ports.firestore))) {
    throw new Problem('No suite is running here: run `npm start`, or name a project in GOOGLE_CLOUD_PROJECT.');
  }
  Object.assign(process.env, clientEnvironment(ports));
}
