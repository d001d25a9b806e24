/**
 * True for a refusal that means: there is no such thing at the provider. Stripe says so with a code, Creem with a 404.
 */
function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return false;
  const { code, status } = cause as { code?: unknown; status?: unknown };
  return code === 'resource_missing' || status === 404;
}

/** What a provider has; null for what it says that there isn't. */
export async function ifThere<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
