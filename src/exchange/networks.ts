import { BlockList, isIP } from 'node:net';

/** Addresses and the networks that hold them. An IPv4 address is one address, however a socket writes it. */

/** Without what a socket says around it: the IPv6 form of an IPv4 address, and the interface of a local one. */
export const plainAddress = (address: string): string =>
  address
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .toLowerCase();

/** A household or an organisation has a /64 of IPv6 to itself, and could come from each address of it. */
export function networkOf(address: string): string {
  const bare = plainAddress(address);
  if (!bare.includes(':')) return bare;
  const [head = '', tail] = bare.split('::');
  const [left, right] = [head, tail ?? ''].map((part) => part.split(':').filter((each) => each !== ''));
  const zeros = tail === undefined ? 0 : 8 - (left?.length ?? 0) - (right?.length ?? 0);
  const groups = [
    ...(left ?? []),
    ...Array.from({ length: Math.max(0, zeros) }, () => '0'),
    ...(right ?? []),
  ];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** One address, or a network in CIDR notation. Bits beyond its length are zero: else something was mistyped. */
export function isNetwork(text: string): boolean {
  const taken = takenApart(text);
  if (!taken) return false;
  const { address, bits, family } = taken;
  const free = BigInt((family === 'ipv4' ? 32 : 128) - bits);
  return bitsOf(address, family) % (1n << free) === 0n;
}

/** Whether an address is one of these, each as `isNetwork` has it; what is no address is in none. */
export function networks(list: readonly string[]): { readonly hold: (address: string) => boolean } {
  const block = new BlockList();
  for (const each of list) {
    const taken = takenApart(each);
    if (taken) block.addSubnet(taken.address, taken.bits, taken.family);
  }
  return {
    hold: (address) => {
      const bare = plainAddress(address);
      const family = isIP(bare);
      return family !== 0 && block.check(bare, family === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

export const loopback = ['127.0.0.0/8', '::1'] as const;

function takenApart(text: string) {
  const [, address = '', length] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  // Written so, an IPv4 network would hold nothing: addresses are compared in their own form.
  if (version === 0 || /^::ffff:/i.test(address)) return null;
  const most = version === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  if (bits > most) return null;
  return { address, bits, family: version === 4 ? ('ipv4' as const) : ('ipv6' as const) };
}

function bitsOf(address: string, family: 'ipv4' | 'ipv6'): bigint {
  if (family === 'ipv4') return joined(address.split('.').map(BigInt), 8n);
  // The address parser of URLs writes an IPv4 tail as hexadecimal groups.
  const bare = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = [], right = []] = bare
    .split('::')
    .map((half) => half.split(':').flatMap((group) => (group === '' ? [] : [BigInt(`0x${group}`)])));
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0n);
  return joined([...left, ...zeros, ...right], 16n);
}

const joined = (groups: readonly bigint[], bits: bigint) =>
  groups.reduce((value, group) => (value << bits) | group, 0n);
