import type { KeyObject, X509Certificate } from 'node:crypto';
import { extensionsOf } from './certificate-extensions.ts';
import { boundsAt, type Der, expect, oid, parts, readOne, tags, time } from './der.ts';
import { signedDer } from './signed-der.ts';
import { nameText, tbsOf } from './subject-name.ts';

/** A list as it is configured. */
export type ListSource = {
  /** The file or address, for whoever must mend it. */
  readonly name: string;
  /** PEM or DER; null: it was never got. */
  readonly content: Uint8Array | string | null;
  /** It was got from elsewhere: what cannot be used of it counts as never got, and is no fault of who configured it. */
  readonly isFetched?: boolean;
};

/** What an issuer's revocation list says (RFC 5280 §5). */
export type RevocationList = {
  readonly name: string;
  readonly issuerText: string;
  /** The issuer's encoded name, and the key with which it signed, both hex. */
  readonly issuer: string;
  readonly signedBy: string;
  readonly thisUpdate: Date;
  /** After it the list says nothing any more; null when the issuer promises no next one. */
  readonly nextUpdate: Date | null;
  /** Serial numbers, hex as in the encoding. */
  readonly serials: ReadonlySet<string>;
};

const CRL_SIGN = 0x02;

/**
 * Reads one revocation list.
 *
 * @param authorities one of which must have signed it
 * @throws Error when it cannot be read, is not whole (a delta, a partition), or no configured authority signed it: a
 * list that counts for nothing would look like protection
 */
export function readRevocationList(
  { name, content }: ListSource & { readonly content: Uint8Array | string },
  authorities: readonly X509Certificate[],
): RevocationList {
  const { issuer, issuerText, verifies, ...read } = readList(derOf(content));
  const namesakes = authorities.filter(({ raw }) => tbsOf(raw).subject.whole.equals(issuer));
  const signer = namesakes.find(({ publicKey }) => verifies(publicKey));
  if (!signer) throw new Error(`no configured authority signed the revocation list of ${issuerText}`);
  const { keyUsage } = extensionsOf(signer);
  if (keyUsage !== null && !(keyUsage & CRL_SIGN))
    throw new Error(`keyUsage of ${issuerText} excludes cRLSign, and it signed a revocation list`);
  return { name, issuerText, issuer: issuer.toString('hex'), signedBy: keyOf(signer.publicKey), ...read };
}

/** What an issuer says by one key, it takes back by a later list that the same key signed. */
export const latestOf = (lists: readonly RevocationList[]): readonly RevocationList[] =>
  lists.filter(
    (list) =>
      !lists.some(
        (other) =>
          other.issuer === list.issuer &&
          other.signedBy === list.signedBy &&
          (other.thisUpdate > list.thisUpdate ||
            (other.thisUpdate.getTime() === list.thisUpdate.getTime() &&
              lists.indexOf(other) > lists.indexOf(list))),
      ),
  );

export const keyOf = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).toString('hex');

function readList(der: Buffer) {
  const [tbs, algorithm, signature] = parts(readOne(der));
  const verifies = signedDer(tbs, algorithm, signature);
  if (!verifies) throw new Error('revocation list with a signature not allowed');
  // The version (an INTEGER) is optional, what follows it is not.
  const fields = parts(tbs).filter((field, index) => index > 0 || field.tag !== tags.integer);
  const [, issuer, thisUpdate, ...rest] = fields;
  const next = rest.find((field) => field.tag === tags.utcTime || field.tag === tags.generalizedTime);
  const entries = rest.find((field) => field.tag === tags.sequence);
  if (!issuer) throw new Error('revocation list without an issuer');
  const critical = criticalIn(rest.find((field) => field.tag === 0xa0));
  if (critical !== null)
    throw new Error(
      `the revocation list of ${nameText(issuer)} has the critical extension ${critical}, so it may not be a whole one`,
    );
  return {
    issuer: issuer.whole,
    issuerText: nameText(issuer),
    verifies,
    thisUpdate: time(thisUpdate),
    nextUpdate: next ? time(next) : null,
    serials: serialsIn(entries),
  };
}

/** What a critical extension says must not be passed over (RFC 5280 §5.2): mostly that the list is only a part. */
function criticalIn(extensions: Der | undefined): string | null {
  for (const extension of extensions ? parts(readOne(extensions.content)) : []) {
    const [type, flag] = parts(extension);
    if (flag?.tag === tags.boolean && flag.content[0] !== 0) return oid(type);
  }
  return null;
}

/** There may be hundreds of thousands. */
function serialsIn(entries: Der | undefined): ReadonlySet<string> {
  const serials = new Set<string>();
  const bytes = entries?.content ?? Buffer.alloc(0);
  for (let at = 0; at < bytes.length; ) {
    const entry = boundsAt(bytes, at);
    const serial = boundsAt(bytes, entry.start);
    if (entry.tag !== tags.sequence || serial.tag !== tags.integer || serial.end > entry.end)
      throw new Error('revocation list with an entry that is none');
    serials.add(bytes.toString('hex', serial.start, serial.end));
    at = entry.end;
  }
  return serials;
}

/** Serial number of a certificate, hex as in its encoding. */
export function serialOf(certificate: X509Certificate): string {
  const fields = parts(parts(readOne(certificate.raw))[0]);
  return expect(
    fields.find((field) => field.tag === tags.integer),
    tags.integer,
  ).content.toString('hex');
}

function derOf(list: string | Uint8Array): Buffer {
  const text = typeof list === 'string' ? list : Buffer.from(list).toString('latin1');
  const pem = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(text);
  return pem?.[1] ? Buffer.from(pem[1], 'base64') : Buffer.from(text, 'latin1');
}
