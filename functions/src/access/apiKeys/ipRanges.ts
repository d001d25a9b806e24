import { BlockList, isIP } from 'node:net';

const MAPPED_PREFIX = 96;

interface IpRange {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
}

/** True for an IPv4 or IPv6 address, or a CIDR range of them. */
export function isIpRange(text: string): boolean {
  return parseRange(text) !== null;
}

/**
 * True for an address in one of the ranges. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) counts as IPv4.
 */
export function isInRanges(address: string | null, ranges: readonly string[]): boolean {
  const single = address === null || address.includes('/') ? null : parseRange(address);
  if (!single) return false;
  const list = new BlockList();
  for (const { address: start, prefix, family } of ranges.map(parseRange).filter((range) => range !== null)) {
    list.addSubnet(start, prefix, family);
  }
  return list.check(single.address, single.family);
}

function parseRange(text: string): IpRange | null {
  const [address = '', prefixText, ...rest] = text.split('/');
  const version = isIP(address);
  // An address with a zone is valid only on one machine.
  if (version === 0 || address.includes('%') || rest.length > 0) return null;
  const longest = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefixText)) return null;
  const prefix = prefixText === undefined ? longest : Number(prefixText);
  if (prefix > longest) return null;
  if (version === 4) return { family: 'ipv4', address, prefix };
  const mapped = mappedIpv4(address);
  if (mapped && prefix >= MAPPED_PREFIX) return { family: 'ipv4', address: mapped, prefix: prefix - MAPPED_PREFIX };
  return { family: 'ipv6', address, prefix };
}

/** Returns the IPv4 address of an IPv4-mapped IPv6 address in any notation; null for other addresses. */
function mappedIpv4(address: string): string | null {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return null;
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.');
}
