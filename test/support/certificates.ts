import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

/** Certificates made while a test runs, each with one deviation at most; no key outlives the process. */

/** The moment at which tests live. Certificates hold twenty years on: some clients only know the machine's time. */
export const NOW = new Date('2026-03-02T10:00:00.000Z');

export type KeyKind = 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'p-256' | 'p-384' | 'p-521';

export type TestCertificate = {
  /** PEM, as is the key (PKCS#8). */
  readonly certificate: string;
  readonly privateKey: string;
  readonly subject: string;
  readonly serial: string;
};

export type Authority = TestCertificate & { readonly key: webcrypto.CryptoKey; readonly algorithm: object };

export type Wishes = {
  readonly kind?: KeyKind;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** null: no keyUsage extension at all. */
  readonly usage?: number | null;
  readonly ca?: boolean;
  readonly pathLength?: number;
  readonly critical?: string;
  /** Extended key usage. */
  readonly purposes?: { readonly ids: readonly string[]; readonly critical: boolean };
  readonly hash?: 'SHA-1' | 'SHA-256';
  /** By their dotted names, DER; name constraints are critical, alternative names are not. */
  readonly extensions?: Readonly<Record<string, Buffer>>;
  /** In the subject. */
  readonly mail?: string;
  /** `Stad Voorbeeld` when it is left out. */
  readonly organisation?: string;
};

export const { digitalSignature, keyCertSign, keyEncipherment, nonRepudiation } = KeyUsageFlags;

const { subtle } = webcrypto;
const exponent = new Uint8Array([1, 0, 1]);
const rsa = (modulusLength: number) => ({
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: exponent,
  modulusLength,
});
const ec = (namedCurve: string) => ({ name: 'ECDSA', namedCurve, hash: 'SHA-256' });

const pairs = new Map<string, Promise<webcrypto.CryptoKeyPair>>();

/** Keys are costly and only ever differ by kind and owner: each is made once in a process. */
function pairOf(kind: KeyKind, owner: string): Promise<webcrypto.CryptoKeyPair> {
  const name = `${kind} ${owner}`;
  const known = pairs.get(name);
  if (known) return known;
  const [family, size = ''] = kind.split('-');
  const made =
    family === 'rsa'
      ? subtle.generateKey(rsa(Number(size)), true, ['sign', 'verify'])
      : subtle.generateKey(ec(`P-${size}`), true, ['sign', 'verify']);
  pairs.set(name, made);
  return made;
}

export async function makeAuthority(
  name: string,
  issuer?: Authority,
  wishes: Wishes = {},
): Promise<Authority> {
  return await make(name, issuer, {
    ca: true,
    usage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
    ...wishes,
  });
}

export async function issue(
  authority: Authority | undefined,
  name: string,
  wishes: Wishes = {},
): Promise<Authority> {
  return await make(name, authority, wishes);
}

async function make(name: string, issuer: Authority | undefined, wishes: Wishes): Promise<Authority> {
  const { kind = 'rsa-2048', usage = KeyUsageFlags.digitalSignature, hash = 'SHA-256' } = wishes;
  const { organisation = 'Stad Voorbeeld' } = wishes;
  const keys = await pairOf(kind, name);
  const signingAlgorithm = { ...(issuer?.algorithm ?? keys.privateKey.algorithm), hash };
  const key = issuer?.key ?? keys.privateKey;
  const serial = `5${randomBytes(8).toString('hex').slice(1)}`;
  const mail = wishes.mail === undefined ? [] : [{ E: [wishes.mail] }];
  const subject = [{ C: ['BE'] }, { O: [organisation] }, { CN: [name] }, ...mail];
  const certificate = await X509CertificateGenerator.create(
    {
      subject,
      issuer: issuer ? new X509Certificate(issuer.certificate).subjectName : subject,
      serialNumber: serial,
      publicKey: keys.publicKey,
      signingKey: hash === 'SHA-1' ? await weakened(key) : key,
      signingAlgorithm,
      notBefore: wishes.notBefore ?? new Date(NOW.getTime() - 86_400_000),
      notAfter: wishes.notAfter ?? new Date(NOW.getTime() + 86_400_000 * 365 * 20),
      extensions: [
        new BasicConstraintsExtension(wishes.ca ?? false, wishes.pathLength, true),
        ...(usage === null ? [] : [new KeyUsagesExtension(usage, true)]),
        ...(wishes.purposes
          ? [new ExtendedKeyUsageExtension([...wishes.purposes.ids], wishes.purposes.critical)]
          : []),
        ...Object.entries(wishes.extensions ?? {}).map(
          ([id, der]) => new Extension(id, id === '2.5.29.30', der),
        ),
        ...(wishes.critical ? [new Extension(wishes.critical, true, new Uint8Array([5, 0]))] : []),
      ],
    },
    webcrypto,
  );
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: await pkcs8(keys.privateKey),
    subject: `CN=${name},O=${organisation},C=BE`,
    serial,
    key: keys.privateKey,
    algorithm: keys.privateKey.algorithm,
  };
}

/** The same RSA key, to sign with SHA-1: Web Crypto ties a hash to a key. */
async function weakened(key: webcrypto.CryptoKey): Promise<webcrypto.CryptoKey> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' };
  return await subtle.importKey('pkcs8', await subtle.exportKey('pkcs8', key), algorithm, true, ['sign']);
}

/** A revocation list, DER. */
export async function revoke(
  authority: Authority,
  serials: readonly string[],
  nextUpdate = new Date(NOW.getTime() + 86_400_000),
  thisUpdate = new Date(NOW.getTime() - 86_400_000),
  critical: string | null = null,
): Promise<Buffer> {
  const list = await X509CrlGenerator.create(
    {
      issuer: new X509Certificate(authority.certificate).subjectName,
      thisUpdate,
      nextUpdate,
      extensions: critical === null ? [] : [new Extension(critical, true, new Uint8Array([2, 1, 1]))],
      entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: NOW })),
      signingKey: authority.key,
      signingAlgorithm: { ...authority.algorithm, hash: 'SHA-256' },
    },
    webcrypto,
  );
  return Buffer.from(list.rawData);
}

async function pkcs8(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}
