import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';

const MAX_CHAIN = 6;

/** The certificates that a client showed to open its connection, DER, its own first; none where it showed none. */
export function shownBy({ raw }: FastifyRequest): readonly Buffer[] {
  const { socket } = raw;
  const chain: Buffer[] = [];
  let next = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
  while (next && chain.length < MAX_CHAIN) {
    chain.push(next.raw);
    // The authority at the end names itself as its issuer.
    const issuer: typeof next | undefined = next.issuerCertificate;
    next = issuer && !issuer.raw.equals(next.raw) ? issuer : undefined;
  }
  return chain;
}
