import { isIPv6 } from 'node:net';

/**
 * Whom an address stands for: an IPv4 address, or the /64 of an IPv6 address, since one household has a whole /64.
 * Anything else is returned as it is.
 */
export function householdOf(by: string): string {
  const [address = ''] = by.split('%');
  if (!isIPv6(address)) return by;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
    : left;
  const prefix = groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}

/** The household of a client's address, for `afterFailures`: by single addresses an IPv6 /64 has tries without end. */
export function addressKey(ip: string): string {
  return householdOf(ip);
}
