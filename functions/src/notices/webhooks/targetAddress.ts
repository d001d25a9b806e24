/** Decides which URLs and addresses webhooks may be sent to. */

import { BlockList, isIP } from 'node:net';
import { isLocalhost } from './resolveName.ts';

/** IPv4 networks that aren't public: https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Only IPv6 global unicast is public. `SPECIAL_IPV6` are its networks that are special or map to IPv4 addresses. */
const GLOBAL_IPV6 = ['2000::', 3] as const;
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const specialIpv4 = new BlockList();
for (const [network, bits] of SPECIAL_IPV4) specialIpv4.addSubnet(network, bits, 'ipv4');
const globalIpv6 = new BlockList();
globalIpv6.addSubnet(...GLOBAL_IPV6, 'ipv6');
const specialIpv6 = new BlockList();
for (const [network, bits] of SPECIAL_IPV6) specialIpv6.addSubnet(network, bits, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Settings for webhooks' targets: `public` addresses only, or `loopback` as well, for the local suite. */
export const WEBHOOK_TARGETS = ['public', 'loopback'] as const;
type WebhookTargets = (typeof WEBHOOK_TARGETS)[number];

/** The addresses and ports that webhooks may be sent to. */
export interface TargetRules {
  readonly targets: WebhookTargets;
  /** Loopback ports that stay refused even where loopback is allowed: the local suite's own. */
  readonly refusedPorts: readonly number[];
}

/** The deployment's parameters for webhooks' targets. */
export interface TargetSettings {
  readonly webhookTargets: WebhookTargets;
  readonly webhookRefusedPorts: readonly number[];
}

/** Returns the target rules that a deployment's parameters set. */
export function targetRulesOf(config: TargetSettings): TargetRules {
  return { targets: config.webhookTargets, refusedPorts: config.webhookRefusedPorts };
}

/** Returns true when webhooks may be sent to an address and port. IPv4-mapped IPv6 addresses are always refused. */
export function isAllowedTarget(address: string, port: number, { targets, refusedPorts }: TargetRules): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (targets === 'loopback' && isLoopback(address)) return !refusedPorts.includes(port);
  if (family === 4) return !specialIpv4.check(address, 'ipv4');
  return globalIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6');
}

/** Returns true for a loopback address. */
function isLoopback(address: string): boolean {
  const family = isIP(address);
  // BlockList treats ::ffff:127.0.0.1 as 127.0.0.1. That spelling is refused, because no receiver needs it.
  if (family === 0 || (family === 6 && address !== '::1')) return false;
  return loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Returns a URL's host as a resolver takes it: IPv6 addresses without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Returns a URL's port, or its scheme's default port. */
export function portOf({ protocol, port }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/**
 * Returns why a URL can't be a webhook's target; null when it can. The addresses of a name are checked later, with
 * every attempt.
 */
export function problemOfUrl(text: string, rules: TargetRules): string | null {
  if (!URL.canParse(text)) return 'must be a URL';
  const url = new URL(text);
  // All names of this machine are treated as the same address.
  const host = isLocalhost(url.hostname) ? '127.0.0.1' : hostOf(url);
  const isLocal = rules.targets === 'loopback' && isLoopback(host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (url.hash !== '') return 'must not have a fragment';
  if (isIP(host) === 0 || isAllowedTarget(host, portOf(url), rules)) return null;
  return isLocal ? 'must not lead to a port of the local suite' : 'must not lead to a private or special address';
}
