import { verify, type X509Certificate } from 'node:crypto';
import { oid, parts, readOne, tags, time } from './der.ts';
import { nameText, tbsOf } from './subject-name.ts';

/** What an issuer's revocation list says (RFC 5280 §5). */
export type RevocationList = {
  readonly thisUpdate: Date;
  /** After it the list says nothing any more; null when the issuer promises no next one. */
  readonly nextUpdate: Date | null;
  /** Serial numbers, hex as in the encoding. */
  readonly serials: ReadonlySet<string>;
};

const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

/**
 * Revocation lists by the encoded name (hex) of the issuer whose key signed them; of two by one issuer the later.
 *
 * @param lists PEM or DER
 * @throws Error when a list cannot be read, or no configured authority signed it: a list that counts for nothing
 * would look like protection
 */
export function readRevocationLists(
  lists: readonly (string | Uint8Array)[],
  authorities: readonly X509Certificate[],
): ReadonlyMap<string, RevocationList> {
  const byIssuer = new Map<string, RevocationList>();
  for (const list of lists) {
    const { issuer, issuerText, verifies, ...read } = readList(derOf(list));
    const signer = authorities.find(({ raw, publicKey }) => {
      return tbsOf(raw).subject.whole.equals(issuer) && verifies(publicKey);
    });
    if (!signer) throw new Error(`no configured authority signed the revocation list of ${issuerText}`);
    const known = byIssuer.get(issuer.toString('hex'));
    if (!known || known.thisUpdate < read.thisUpdate) byIssuer.set(issuer.toString('hex'), read);
  }
  return byIssuer;
}

function readList(der: Buffer) {
  const [tbs, algorithm, signature] = parts(readOne(der));
  // The version (an INTEGER) is optional, what follows it is not.
  const fields = parts(tbs).filter((field, index) => index > 0 || field.tag !== tags.integer);
  const [, issuer, thisUpdate, ...rest] = fields;
  const next = rest.find((field) => field.tag === tags.utcTime || field.tag === tags.generalizedTime);
  const entries = rest.find((field) => field.tag === tags.sequence);
  const digest = DIGESTS[oid(parts(algorithm)[0])];
  if (!tbs || !issuer || !signature || !digest)
    throw new Error('revocation list with a signature not allowed');
  return {
    issuer: issuer.whole,
    issuerText: nameText(issuer),
    verifies: (key: X509Certificate['publicKey']) =>
      verify(digest, tbs.whole, key, signature.content.subarray(1)),
    thisUpdate: time(thisUpdate),
    nextUpdate: next ? time(next) : null,
    serials: new Set(
      entries ? parts(entries).map((entry) => parts(entry)[0]?.content.toString('hex') ?? '') : [],
    ),
  };
}

/** Serial number of a certificate, hex as in its encoding. */
export function serialOf(certificate: X509Certificate): string {
  const fields = parts(parts(readOne(certificate.raw))[0]);
  return fields.find((field) => field.tag === tags.integer)?.content.toString('hex') ?? '';
}

function derOf(list: string | Uint8Array): Buffer {
  const text = typeof list === 'string' ? list : Buffer.from(list).toString('latin1');
  const pem = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(text);
  return pem?.[1] ? Buffer.from(pem[1], 'base64') : Buffer.from(text, 'latin1');
}
