import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { type networks, plainAddress } from '../exchange/networks.ts';

/** Who is at the other end of a request, past the proxies that are relied on. */
export type Client = {
  /** Always an address; of a socket that is gone already, empty. */
  readonly address: string;
  /** Whether nobody listens on its line; null: nobody said. */
  readonly encrypted: boolean | null;
};

export type ClientOf = (request: FastifyRequest) => Client;

/**
 * Reads X-Forwarded-For from its end, where the nearest proxy wrote, for as long as it was written by one of these: what
 * stands before it anybody may have made up. From whoever else connects neither header counts.
 */
export function clientsBehind(proxies: ReturnType<typeof networks>): ClientOf {
  return ({ raw, headers }) => {
    const nearest = plainAddress(raw.socket.remoteAddress ?? '');
    if (!proxies.hold(nearest))
      return { address: nearest, encrypted: raw.socket instanceof TLSSocket || null };
    let address = nearest;
    for (const named of entries(headers['x-forwarded-for']).reverse()) {
      // Whoever hides behind something that is no address stays the proxy that let it be.
      if (isIP(plainAddress(named)) === 0) break;
      address = plainAddress(named);
      if (!proxies.hold(address)) break;
    }
    const lines = entries(headers['x-forwarded-proto']);
    return { address, encrypted: lines.length === 0 ? null : lines.every((line) => /^https$/i.test(line)) };
  };
}

const entries = (header: string | readonly string[] | undefined) =>
  [header ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
