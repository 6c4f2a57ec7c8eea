import {
  createPrivateKey,
  hash,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  X509Certificate,
} from 'node:crypto';
import { ds, plain } from '../xml/names.ts';
import { attribute, type Content, element, fragment, type Markup, writeBytes } from '../xml/write.ts';
import { algorithms } from './algorithms.ts';
import { pemCertificates } from './pem.ts';

export type SigningKey = {
  /** PKCS#8 in PEM: RSA, or EC on P-256 or P-384. */
  readonly privateKey: string;
  /** PEM; the certificates of the issuers may follow the signer's own. */
  readonly certificate: string;
};

export type Key = {
  readonly signWith: KeyObject | SignKeyObjectInput;
  readonly algorithm: string;
  /** DER, the signer's own first. */
  readonly chain: readonly Buffer[];
};

/** What a signature covers, in the very bytes that are written; `id` null: the whole document that it stands in. */
export type Part = {
  readonly id: string | null;
  readonly bytes: Buffer;
  readonly transforms: readonly string[];
};

/** What SignedInfo says of a part. `digest` in base64. */
export type Referred = Pick<Part, 'id' | 'transforms'> & { readonly digest: string };

/** Each part is digested, and SignedInfo signed, as written: `write` writes the canonical form. */
export function signatureOf(key: Key, parts: readonly Part[], keyInfo: Markup): Markup {
  const referred = parts.map(({ id, bytes, transforms }) => ({ id, transforms, digest: digestOf(bytes) }));
  const { bytes } = writeBytes(signedInfo(key, referred));
  return signature(fragment(bytes), signatureValue(key, bytes), keyInfo);
}

export const digestOf = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64');

/**
 * The value of a signature over a SignedInfo as it was written. Synchronous: handing a signature to a thread and back
 * costs a fifth of the signature (bench/results.md), and several processes answer side by side.
 */
export const signatureValue = ({ signWith }: Key, info: Uint8Array): string =>
  sign('sha256', info, signWith).toString('base64');

export const signedInfo = (key: Pick<Key, 'algorithm'>, parts: readonly Referred[]): Markup =>
  element(ds('SignedInfo'), [
    algorithm('CanonicalizationMethod', algorithms.exclusive),
    algorithm('SignatureMethod', key.algorithm),
    ...parts.map(referenceTo),
  ]);

export const signature = (info: Content, value: string, keyInfo: Markup): Markup =>
  element(ds('Signature'), [info, element(ds('SignatureValue'), value), element(ds('KeyInfo'), [keyInfo])]);

const referenceTo = ({ id, digest, transforms }: Referred) =>
  element(
    ds('Reference'),
    [
      element(
        ds('Transforms'),
        transforms.map((each) => algorithm('Transform', each)),
      ),
      algorithm('DigestMethod', algorithms.sha256),
      element(ds('DigestValue'), digest),
    ],
    [attribute(plain('URI'), id === null ? '' : `#${id}`)],
  );

const algorithm = (name: string, uri: string) => element(ds(name), [], [attribute(plain('Algorithm'), uri)]);

/** @throws Error when the key does not belong to the certificate or is of a kind that cannot sign */
export function readKey({ privateKey, certificate }: SigningKey): Key {
  const [own, ...issuers] = pemCertificates(certificate).map((pem) => new X509Certificate(pem));
  const object = createPrivateKey(privateKey);
  if (!own?.checkPrivateKey(object)) throw new Error('the private key does not belong to the certificate');
  const chain = [own, ...issuers].map(({ raw }) => raw);
  if (object.asymmetricKeyType === 'rsa') return { signWith: object, algorithm: algorithms.rsaSha256, chain };
  // XML Signature writes an ECDSA signature as r and s side by side (§6.4.3), not as DER.
  const signWith = { key: object, dsaEncoding: 'ieee-p1363' } as const;
  if (object.asymmetricKeyType === 'ec') return { signWith, algorithm: algorithms.ecdsaSha256, chain };
  throw new Error(`a key of type ${object.asymmetricKeyType} cannot sign messages`);
}
