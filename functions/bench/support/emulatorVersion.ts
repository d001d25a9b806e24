import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';

/** Returns the emulator's version: from the name of a downloaded jar, or from the records of the Google Cloud CLI. */
export function emulatorVersion(jar: string): string {
  const named = /-v(\d[\d.]*)\.jar$/.exec(jar)?.[1];
  if (named) return named;
  const records = recordsOf(jar);
  if (!records || !existsSync(records)) return 'unknown';
  const { components } = JSON.parse(readFileSync(records, 'utf8')) as { components: Component[] };
  return components.find(({ id }) => id === 'cloud-firestore-emulator')?.version.version_string ?? 'unknown';
}

interface Component {
  readonly id: string;
  readonly version: { readonly version_string: string };
}

/** Returns the path of the Cloud CLI's records, found by the jar that refers to its component. */
function recordsOf(wrapperJar: string): string | null {
  const name = 'META-INF/MANIFEST.MF';
  const { [name]: manifest } = unzipSync(readFileSync(wrapperJar), { filter: (file) => file.name === name });
  // A long line of a manifest continues on the next line, after a space.
  const lines = manifest ? strFromU8(manifest).replaceAll(/\r?\n /g, '') : '';
  const url = /^Class-Path: (file:\S+)/m.exec(lines)?.[1];
  if (!url) return null;
  const component = dirname(fileURLToPath(url));
  return join(component, '..', '..', '.install', 'cloud-firestore-emulator.snapshot.json');
}
