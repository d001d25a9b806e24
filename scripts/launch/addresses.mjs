/**
 * A package-lock.json with the address of every package's tarball: npm then fetches it at once. Without addresses npm
 * first asks the registry about each package, which is as many requests again, and some of those answers are large.
 * Addresses follow the layout that npm's own registry and its mirrors have; what is fetched is still compared with the
 * lock's integrity.
 *
 * @param {import('./addresses.d.mts').Lock} lock
 * @param {Record<string, unknown>} npmConfig what `npm config ls --json` gives: `registry`, and those of scopes
 */
export function withAddresses(lock, npmConfig) {
  const packages = Object.entries(lock.packages).map(([path, entry]) => {
    if (!entry.integrity || entry.resolved) return [path, entry];
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [path, { ...entry, resolved: addressOf(name, entry.version, npmConfig) }];
  });
  return { ...lock, packages: Object.fromEntries(packages) };
}

function addressOf(name, version, npmConfig) {
  const [scope, unscoped] = name.startsWith('@') ? name.split('/') : [null, name];
  const registry = String(npmConfig[`${scope}:registry`] ?? npmConfig.registry);
  return `${registry.replace(/\/$/, '')}/${name}/-/${unscoped}-${version}.tgz`;
}
