import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

/** From the first question to the last answer, whatever the name's own servers do. */
const MAX_LOOK_UP_MS = 5_000;
/** After so long a server is asked once more. */
const TRY_MS = 2_000;
const TRIES = 2;
const HOSTS_FILE = '/etc/hosts';

/** The addresses of a name, IPv4 first; rejects with an error that has a `code`. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Asks name servers over sockets of its own. `dns.lookup`, which everything else uses, has four threads in a process: a
 * few names whose servers never answer keep all other names waiting there. Every look-up here ends in time, and none
 * waits for another.
 * @param servers `address:port`; those of the machine unless given
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

/** The same with the names of the machine's own hosts file, which name servers don't know: for the local suite. */
export function localNameResolver(servers?: readonly string[]): Resolve {
  const ask = nameResolver(servers);
  return async (host) => {
    const known = addressesIn(await readFile(HOSTS_FILE, 'utf8').catch(() => ''), host);
    return known.length > 0 ? known : ask(host);
  };
}

/** True for the names that mean this machine by https://www.rfc-editor.org/rfc/rfc6761#section-6.3. */
export function isLocalhost(host: string): boolean {
  return /^(.*\.)?localhost\.?$/i.test(host);
}

/** The addresses that a hosts file gives a name, IPv4 first. */
export function addressesIn(hostsFile: string, host: string): string[] {
  const addresses = hostsFile.split('\n').flatMap((line) => {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    return names.some((name) => name.toLowerCase() === host.toLowerCase()) ? [address] : [];
  });
  return [...addresses.filter((address) => !address.includes(':')), ...addresses.filter((a) => a.includes(':'))];
}
