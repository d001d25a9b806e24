import { Problem } from './task/problem.ts';
import type { SuiteUrls } from './urls.ts';

/**
 * Exports the data of the running emulators to a folder, in the format for imports.
 *
 * @throws Problem when the export fails
 */
export async function exportData(urls: SuiteUrls, folder: string): Promise<void> {
  const response = await fetch(`${urls.hub}/_admin/export`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: folder, initiatedBy: 'emulator-data' }),
  });
  if (!response.ok) throw new Problem(`The emulators could not export their data: ${await response.text()}`);
}
