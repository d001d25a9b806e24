import { controlTokenOf } from '../controlToken.ts';
import { createLocalUpstream } from './server.ts';

// Starts the local upstream as a program; README.md lists its environment variables.
const { env } = process;
const port = Number(env.LOCAL_UPSTREAM_PORT ?? 12112);
const { token: controlToken, notice } = controlTokenOf(env);
const upstream = createLocalUpstream({
  secret: env.LOCAL_UPSTREAM_SECRET || 'dus_local_cloud_bridge',
  controlToken,
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));

try {
  console.log(`Local upstream listens on http://127.0.0.1:${await upstream.start(port)}${notice}`);
} catch (error) {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  console.error(
    isTaken
      ? `Port ${port} on 127.0.0.1 is taken. Stop the program that listens there, or set LOCAL_UPSTREAM_PORT.`
      : `Local upstream could not start: ${String(error)}`,
  );
  process.exit(1);
}
