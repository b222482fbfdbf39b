import ipaddr from 'ipaddr.js';

/** Whom an address stands for, and the network around it. */
export interface Household {
  /** An IPv4 address, or the /64 of an IPv6 address, since one household has a whole /64. */
  readonly household: string;
  /** The /24 of an IPv4 address, or the /48 of an IPv6 address; undefined if the text is not an address. */
  readonly network: string | undefined;
  /** Undefined if the text is not an address. */
  readonly address: ipaddr.IPv4 | ipaddr.IPv6 | undefined;
}

/** What every text stands for that is not an address, such as a header that a client made up. */
const UNKNOWN = 'unknown';

/**
 * The household of an address, for the limits of your own: an IPv4 address, or the /64 of an IPv6 address. Understands
 * `203.0.113.9:50001`, `[2001:db8::1]:50001`, zones, and IPv4 addresses written as IPv6 ones.
 * @returns `unknown` if the text is not an address, so that all of those share one limit
 */
export function addressKey(ip: string | undefined): string {
  return parseAddress(ip)?.household ?? UNKNOWN;
}

/** The household of `by`: a text that is not an address stands for itself. */
export function householdOf(by: string): Household {
  return parseAddress(by) ?? { household: by, network: undefined, address: undefined };
}

/** An address without port and zone, as the library for addresses has it. Returns undefined if it is none. */
export function toAddress(text: unknown): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
  const bare = withoutPort(text.trim()).replace(/%.*$/, '');
  // Only the spellings with four parts: "127.1" and "0x7f.1" are addresses to no web server.
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return undefined;
  const address = ipaddr.process(bare);
  // Behind a NAT64 every client has an address of this one range, with its own IPv4 address at the end.
  if (!(address instanceof ipaddr.IPv6) || address.range() !== 'rfc6052') return address;
  return ipaddr.fromByteArray(address.toByteArray().slice(12));
}

/** An address as `by` takes it, so that `refusedNetworks` see all of it; `unknown` if it is none. */
export function clientOf(ip: unknown): string {
  return toAddress(ip)?.toString() ?? UNKNOWN;
}

/** A network in CIDR notation; one of IPv4-mapped IPv6 addresses becomes the IPv4 network, as addresses do. */
export function toNetwork(cidr: string): readonly [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const [address, bits] = ipaddr.parseCIDR(cidr);
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_BITS;
  return isMapped ? [address.toIPv4Address(), bits - MAPPED_BITS] : [address, bits];
}

/** The bits of an IPv4-mapped address before the IPv4 address. */
const MAPPED_BITS = 96;

/** Returns true for an address that no client has on the internet, such as that of a proxy in front of the application. */
export function isPrivate(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return PRIVATE_RANGES.has(address.range());
}

/**
 * Returns true if any number of visitors can be behind the asker: a proxy that the application does not trust has a
 * private address, and so have all visitors of an intranet's; a request without an address is everybody's.
 */
export function standsForAnyone({ household, address }: Household): boolean {
  return address === undefined ? household === UNKNOWN : isPrivate(address);
}

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'uniqueLocal',
  'linkLocal',
  'carrierGradeNat',
]);

/** The longest address has 45 characters, with zone and port fewer than this. */
const MAX_LENGTH = 100;

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  // An IPv6 address has more than one colon; one with a port is in brackets.
  return bracketed ?? text.replace(/^([\d.]+):\d{1,5}$/, '$1');
}

function parseAddress(text: string | undefined): Household | undefined {
  // addressKey() writes the household of an IPv6 address with /64.
  const address = toAddress(text?.replace(/\/64$/, ''));
  if (address === undefined) return undefined;
  if (address instanceof ipaddr.IPv4) {
    return { household: address.toString(), network: `${firstBytes(address, 3)}/24`, address };
  }
  return { household: `${firstBytes(address, 8)}/64`, network: `${firstBytes(address, 6)}/48`, address };
}

/** The address whose bytes after the first `count` are zero. */
function firstBytes(address: ipaddr.IPv4 | ipaddr.IPv6, count: number): string {
  const bytes = address.toByteArray().map((byte, at) => (at < count ? byte : 0));
  return ipaddr.fromByteArray(bytes).toString();
}
