/** Looks up the addresses of receivers' names, with a time limit. */

import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

/** Time limit of a whole look-up, from the first question to the last answer. */
const MAX_LOOK_UP_MS = 5_000;
/** Time to wait for a name server's answer before asking again. */
const TRY_MS = 2_000;
const TRIES = 2;
const HOSTS_FILE = '/etc/hosts';

/** Resolves a name to its addresses, IPv4 first. Rejects with an error that has a `code`. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Creates a resolver that asks name servers over its own sockets. `dns.lookup`, Node's default, has four threads per
 * process, so a few names whose servers never answer keep all other names waiting. Here every look-up ends in time and
 * none waits for another.
 * @param servers name servers as `address:port`; the machine's own by default
 */
export function nameResolver(servers?: readonly string[]): Resolve {
  return async (host) => {
    if (isLocalhost(host)) return ['127.0.0.1'];
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const timer = setTimeout(() => resolver.cancel(), MAX_LOOK_UP_MS);
    try {
      const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const addresses = [ipv4, ipv6].flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
      if (addresses.length === 0 && ipv4.status === 'rejected') throw ipv4.reason;
      return addresses;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Creates a resolver for the local suite: it reads the machine's hosts file first, and then asks name servers. */
export function localNameResolver(servers?: readonly string[]): Resolve {
  const ask = nameResolver(servers);
  return async (host) => {
    const known = addressesIn(await readFile(HOSTS_FILE, 'utf8').catch(() => ''), host);
    return known.length > 0 ? known : ask(host);
  };
}

/** Returns true for `localhost` and names below it: https://www.rfc-editor.org/rfc/rfc6761#section-6.3. */
export function isLocalhost(host: string): boolean {
  return /^(.*\.)?localhost\.?$/i.test(host);
}

/** Returns the addresses that a hosts file lists for a name, IPv4 first. */
export function addressesIn(hostsFile: string, host: string): string[] {
  const addresses = hostsFile.split('\n').flatMap((line) => {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    return names.some((name) => name.toLowerCase() === host.toLowerCase()) ? [address] : [];
  });
  return [...addresses.filter((address) => !address.includes(':')), ...addresses.filter((a) => a.includes(':'))];
}
