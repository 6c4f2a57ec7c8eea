import type { FastifyRequest } from 'fastify';
import { loopback, networks } from '../exchange/networks.ts';
import type { Caller, PickupAccess } from '../exchange/pickup.ts';
import type { ClientOf } from './client.ts';
import { shownBy } from './client-certificate.ts';

/** Why somebody is not let in, as HTTP says it. */
export type NotLetIn = { readonly status: 401 | 403 | 429 | 503; readonly why: string };

export type CallerNeeds = {
  /** Clients show certificates: these say who they are, and no password does. */
  readonly mutual: boolean;
  readonly clientOf: ClientOf;
  /** Where nobody says of a line whether it is encrypted: it is, by what stands before the bus. */
  readonly encryptedBefore: boolean;
  /** DER, the client's first; null: not one of a party, or not to be relied on. */
  readonly partyOf: (
    chain: readonly Buffer[],
    remoteAddress: string,
  ) => Promise<{ readonly partyId: number; readonly as: string } | null>;
  readonly password: (
    userName: string,
    password: string,
    address: string,
  ) => Promise<PickupAccess | 'wrong' | 'elsewhere' | 'blocked' | 'busy'>;
  readonly onTurnedAway: (userName: string, remoteAddress: string, why: string) => void;
};

const here = networks(loopback);

/** Whose request this is: by the certificate of a mutual TLS connection, else by user name and password. */
export async function callerOf(request: FastifyRequest, needs: CallerNeeds): Promise<Caller | NotLetIn> {
  const client = needs.clientOf(request);
  const remoteAddress = client.address;
  if (needs.mutual) {
    const chain = shownBy(request);
    const found = chain.length > 0 ? await needs.partyOf(chain, remoteAddress) : null;
    return found
      ? { ...found, channel: 'https', remoteAddress }
      : { status: 403, why: 'the certificate is not that of a party' };
  }
  // What does not leave this machine nobody reads on the way.
  const encrypted = (client.encrypted ?? needs.encryptedBefore) || here.hold(remoteAddress);
  if (!encrypted) return { status: 403, why: 'a password is not taken over a line that is not encrypted' };
  const given = credentialsIn(request.headers.authorization ?? '');
  if (!given) return { status: 401, why: 'user name and password are needed' };
  const verdict = await needs.password(given.userName, given.password, remoteAddress);
  if (typeof verdict !== 'string')
    return { partyId: verdict.partyId, as: verdict.userName, channel: 'https', remoteAddress };
  needs.onTurnedAway(given.userName, remoteAddress, `${verdict} password`);
  if (verdict === 'blocked') return { status: 429, why: 'too often wrong; wait' };
  if (verdict === 'busy') return { status: 503, why: 'too many at once; try again' };
  return { status: 401, why: 'user name or password is wrong' };
}

/** RFC 7617; in UTF-8, as the challenge asks. */
function credentialsIn(header: string): { readonly userName: string; readonly password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/=]{1,1000})$/i.exec(header)?.[1];
  if (!encoded) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? null : { userName: text.slice(0, colon), password: text.slice(colon + 1) };
}
