import { controlTokenOf } from '../controlToken.ts';
import { warmUp } from './contract/validate.ts';
import { createLocalStripe } from './server.ts';

// Starts the local Stripe as a program; README.md lists its environment variables.
const { env } = process;
const port = Number(env.LOCAL_STRIPE_PORT ?? 12111);
const webhookUrl = env.LOCAL_STRIPE_WEBHOOK_URL || undefined;

const { token: controlToken, notice } = controlTokenOf(env);

const localStripe = createLocalStripe({
  controlToken,
  secretKey: env.LOCAL_STRIPE_SECRET_KEY || 'sk_test_local_cloud_bridge',
  webhookUrl,
  webhookSecret: env.LOCAL_STRIPE_WEBHOOK_SECRET || 'whsec_local_cloud_bridge',
  publicUrl: env.LOCAL_STRIPE_PUBLIC_URL || undefined,
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));

try {
  warmUp();
  const actualPort = await localStripe.start(port);
  console.log(
    `Local Stripe listens on http://127.0.0.1:${actualPort} (webhooks: ` +
      `${webhookUrl ?? 'recorded only, no LOCAL_STRIPE_WEBHOOK_URL'})${notice}`,
  );
} catch (error) {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  console.error(
    isTaken
      ? `Port ${port} on 127.0.0.1 is taken. Stop the program that listens there, or set LOCAL_STRIPE_PORT.`
      : `Local Stripe could not start: ${String(error)}`,
  );
  process.exit(1);
}
