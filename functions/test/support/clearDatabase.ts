import { FIRESTORE_URL } from './suite.ts';

/** Deletes all documents of a project's database. */
export async function clearDatabase(projectId: string): Promise<void> {
  const path = `/emulator/v1/projects/${projectId}/databases/(default)/documents`;
  const { ok } = await fetch(FIRESTORE_URL + path, { method: 'DELETE' });
  if (!ok) throw new Error('the database could not be cleared');
}
