import { hash, type KeyObject, verify } from 'node:crypto';
import type { Element } from '../exchange/element.ts';
import type { Covered } from './coverage.ts';
import { failed } from './failed.ts';
import type { Canonical, Signature } from './signature.ts';

/**
 * @returns the bytes that were signed
 * @throws Refusal ERR_025 when this key did not make the signature's value
 */
export function assertSigned({ info, canonical, method, value }: Signature, key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== method.key)
    throw failed(`signature algorithm for ${method.key}, key of the certificate is ${key.asymmetricKeyType}`);
  // XML Signature writes an ECDSA signature as r and s side by side (§6.4.3), not as DER.
  const verifier = method.key === 'ec' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
  const signed = bytesOf(info, canonical);
  if (!verify(method.hash, signed, verifier, value))
    throw failed('SignatureValue does not fit SignedInfo and the certificate');
  return signed;
}

/** @throws Refusal ERR_025 when the element is not, to the byte, what was signed */
export function assertDigest({ reference, element }: Covered): void {
  const { canonical, method, digest, id } = reference;
  const actual = hash(method.hash, bytesOf(element, canonical), 'hex');
  if (actual !== digest.toString('hex'))
    throw failed(`${element.name} #${id} was changed after it was signed (digest)`);
}

function bytesOf(element: Element, { inclusive, prefixes }: Canonical): Uint8Array {
  try {
    return inclusive ? element.canonicalInclusive() : element.canonical(prefixes);
  } catch (cause) {
    throw failed(`${element.name} has no canonical form`, cause);
  }
}
