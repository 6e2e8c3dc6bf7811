// Addresses of peers as text: one spelling each, and who a peer really is behind proxies. Knows no request and no socket.
import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';
import { OperatorError } from '../service/operator-error.ts';

/** Reads the peer's address from that of the connection and the X-Forwarded-For header; undefined when there is none. */
export type AddressOf = (connection: string | undefined, forwardedFor: string | undefined) => string | undefined;

/** `192.0.2.1`, `2001:db8::1` or undefined, from any spelling: IPv4 in IPv6, brackets, a port, a zone, capitals. */
export function plainAddress(text: string): string | undefined {
  const bare = withoutPort(text.trim()).replace(/%.*$/, '');
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return undefined;
  const address = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  return mapped?.[1] ?? address;
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text);
  if (bracketed) return bracketed[1] ?? '';
  return /^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text;
}

/**
 * Whom limits per address count as one: an IPv4 address, or the first 64 bits of an IPv6 address, because one customer
 * of a provider has all that follow. Takes what plainAddress gives.
 */
export function neighbourhood(address: string): string {
  if (!address.includes(':')) return address;
  const [left, right] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const head = left ?? [];
  const missing = right === undefined ? 0 : 8 - head.length - right.length;
  const groups = [...head, ...new Array<string>(Math.max(0, missing)).fill('0'), ...(right ?? [])];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/**
 * The reader for these trusted proxies, each an address or `address/bits`. Only what a trusted proxy says is believed:
 * of X-Forwarded-For the rightmost address that is no trusted proxy. Throws OperatorError on an entry that is neither.
 */
export function addressReader(trustedProxies: readonly string[]): AddressOf {
  const trusted = new BlockList();
  for (const entry of trustedProxies) trust(trusted, entry);
  const isTrusted = (address: string) => trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  return (connection, forwardedFor) => {
    let address = connection === undefined ? undefined : plainAddress(connection);
    if (address === undefined || forwardedFor === undefined) return address;
    const hops = forwardedFor.split(',');
    while (isTrusted(address)) {
      const hop = hops.pop();
      const before = hop === undefined ? undefined : plainAddress(hop);
      if (before === undefined) break;
      address = before;
    }
    return address;
  };
}

function trust(trusted: BlockList, entry: string): void {
  const [address = '', bits, ...rest] = entry.trim().split('/');
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const length = bits === undefined ? most : /^\d+$/.test(bits) ? Number(bits) : -1;
  if (family === 0 || rest.length > 0 || length < 0 || length > most) {
    throw new OperatorError(
      `listen.trustedProxies: "${entry}" is neither an address nor address/bits, such as 10.0.0.0/8`,
    );
  }
  trusted.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
}
