import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Who a request comes from, as an address: for counting, and never stored as it is. */
export type ClientOf = (request: IncomingMessage) => string;

/**
 * `trustedProxies` are addresses and networks. A proxy among them is believed when it says whom it speaks for, and no
 * other caller is: anyone can write a header. Without proxies, the other end of the connection is the client.
 * `tellUntrusted` is called once, when another caller says whom it speaks for: it may be a proxy that was not named.
 */
export function createClientOf(
  trustedProxies: readonly string[],
  tellUntrusted: () => void = () => undefined,
): ClientOf {
  let isTold = false;
  const trusted = new BlockList();
  for (const one of trustedProxies) {
    const [address = '', bits] = one.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  return (request) => {
    const header = request.headers['x-forwarded-for'];
    const said = [header ?? []].flat().join(',').split(',');
    let client = plainAddress(request.socket.remoteAddress ?? '');
    if (header !== undefined && !isTrusted(client) && !isTold) {
      isTold = true;
      tellUntrusted();
    }
    // Each proxy adds, on the right, the address that called it.
    while (isTrusted(client) && said.length > 0) {
      const before = plainAddress(said.pop() ?? '');
      if (isIP(before) === 0) break;
      client = before;
    }
    return isIPv6(client) ? networkOf(client) : client;
  };
}

/** Without the port, the zone and the brackets that some write, and IPv4 as such. */
function plainAddress(written: string): string {
  const address = written
    .trim()
    .replace(/^\[(?<inner>[^\]]*)\](?::\d+)?$/, '$<inner>')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? address.replace(/:\d+$/, '') : address;
}

/** The first 64 bits: a client that has one IPv6 address has all those that begin with the same bits. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
