import { controlTokenOf } from '../controlToken.ts';
import { createLocalCreem } from './server.ts';

// Starts the local Creem as a program; README.md lists its environment variables.
const { env } = process;
const port = Number(env.LOCAL_CREEM_PORT ?? 12113);
const { token: controlToken, notice } = controlTokenOf(env);
const localCreem = createLocalCreem({
  controlToken,
  apiKey: env.LOCAL_CREEM_API_KEY || 'creem_test_local_cloud_bridge',
  webhooks: {
    url: env.LOCAL_CREEM_WEBHOOK_URL || undefined,
    secret: env.LOCAL_CREEM_WEBHOOK_SECRET || 'whsec_local_creem',
  },
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));

try {
  console.log(`Local Creem listens on http://127.0.0.1:${await localCreem.start(port)}${notice}`);
} catch (error) {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  console.error(
    isTaken
      ? `Port ${port} on 127.0.0.1 is taken. Stop the program that listens there, or set LOCAL_CREEM_PORT.`
      : `Local Creem could not start: ${String(error)}`,
  );
  process.exit(1);
}
