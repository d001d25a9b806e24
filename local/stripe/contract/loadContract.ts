import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripePackageVersion } from '../installedStripe.ts';
import { projectRoot } from '../projectRoot.ts';
import type { Contract } from './contractTypes.ts';
import { deriveContract } from './deriveContract.ts';

const cacheDir = join(projectRoot, '.cache', 'stripe-contract');
let loaded: Contract | undefined;

/**
 * Loads the contract of the installed `stripe` package. Each version of the package and of the derivation is derived
 * once, which takes a few seconds. Later loads read `.cache/stripe-contract`, which takes tens of milliseconds.
 */
export function loadContract(): Contract {
  loaded ??= readCached() ?? deriveAndCache();
  return loaded;
}

function cacheFile(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(import.meta.dirname).sort()) {
    if (/^(derive|families|compiler|SchemaBuilder|contractTypes)\w*\.ts$/.test(name)) {
      hash.update(readFileSync(join(import.meta.dirname, name)));
    }
  }
  return join(cacheDir, `${stripePackageVersion}-${hash.digest('hex').slice(0, 12)}.json`);
}

function readCached(): Contract | undefined {
  try {
    return JSON.parse(readFileSync(cacheFile(), 'utf8')) as Contract;
  } catch {
    // The file doesn't exist, or a killed process left it incomplete: the caller derives the contract.
    return undefined;
  }
}

function deriveAndCache(): Contract {
  const contract = deriveContract();
  const file = cacheFile();
  // Several test processes may derive at the same time, so each writes its own file and renames it into place.
  const temporary = `${file}.${process.pid}`;
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(temporary, JSON.stringify(contract));
  renameSync(temporary, file);
  return contract;
}
