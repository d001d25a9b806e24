/** True for an error that says that the object doesn't exist at the provider: Stripe reports a code, Creem a 404. */
function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return false;
  const { code, status } = cause as { code?: unknown; status?: unknown };
  return code === 'resource_missing' || status === 404;
}

/** Returns the provider's answer; null if the provider says that the object doesn't exist. */
export async function ifThere<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
