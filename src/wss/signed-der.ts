import { type KeyObject, verify } from 'node:crypto';
import { type Der, expect, oid, parts, tags } from './der.ts';

// RSA (PKCS#1) and ECDSA, as certificates are signed.
const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

const NULL = Buffer.from([5, 0]);

/**
 * What an authority signs is always these three: what is said, with what it is signed, and the signature.
 *
 * @returns whether a key made the signature; null when they are not there, or the algorithm is none that is allowed
 */
export function signedDer(
  tbs: Der | undefined,
  algorithm: Der | undefined,
  signature: Der | undefined,
): ((key: KeyObject) => boolean) | null {
  const [type, ...parameters] = parts(algorithm);
  const digest = DIGESTS[oid(type)];
  const isPlain = parameters.every(({ whole }) => whole.equals(NULL));
  if (!tbs || !signature || !digest || !isPlain) return null;
  const bits = expect(signature, tags.bitString).content;
  return bits[0] === 0 ? (key) => verify(digest, tbs.whole, key, bits.subarray(1)) : null;
}
