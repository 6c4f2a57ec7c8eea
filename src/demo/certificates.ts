// The X.509 library finds its own parts through this and refuses to load without it.
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Clock } from '../exchange/clock.ts';

/** Makes the authority and the certificates of the demonstration. Their keys lie about unencrypted: never for more. */

/** PEM: a certificate and its key in PKCS#8. */
export type Issued = { readonly certificate: string; readonly privateKey: string };
export type Authority = Issued;

type Subject = {
  readonly commonName: string;
  readonly organisation: string;
  /** Upper case hex; a random one of 16 octets when it is left out. */
  readonly serial?: string;
};

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const YEARS = 2;
const { subtle } = webcrypto;

/** A self-signed authority, valid from an hour ago for two years. */
export async function makeAuthority(name: string, clock: Clock): Promise<Authority> {
  const keys = await subtle.generateKey(RSA, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ C: ['BE'] }, { CN: [name] }],
      serialNumber: randomSerial(),
      keys,
      signingAlgorithm: RSA,
      ...validity(clock),
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: await pkcs8(keys.privateKey) };
}

/** An application certificate: subject `CN=<commonName>,O=<organisation>,C=BE`. */
export async function issueCertificate(
  authority: Authority,
  { commonName, organisation, serial = randomSerial() }: Subject,
  clock: Clock,
): Promise<Issued> {
  const keys = await subtle.generateKey(RSA, true, ['sign', 'verify']);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
  ];
  const certificate = await X509CertificateGenerator.create(
    {
      subject: [{ C: ['BE'] }, { O: [organisation] }, { CN: [commonName] }],
      issuer: new X509Certificate(authority.certificate).subjectName,
      serialNumber: serial,
      publicKey: keys.publicKey,
      signingKey: await privateKeyOf(authority),
      signingAlgorithm: RSA,
      ...validity(clock),
      extensions,
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: await pkcs8(keys.privateKey) };
}

function validity({ now }: Clock): { notBefore: Date; notAfter: Date } {
  const notBefore = new Date(now().getTime() - 3_600_000);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notBefore.getUTCFullYear() + YEARS);
  return { notBefore, notAfter };
}

// The highest bit would make the number negative, which RFC 5280 §4.1.2.2 forbids.
const randomSerial = () => `4${randomBytes(16).toString('hex').slice(1)}`;

async function privateKeyOf({ privateKey }: Authority): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(privateKey).export({ format: 'der', type: 'pkcs8' });
  return await subtle.importKey('pkcs8', der, RSA, false, ['sign']);
}

async function pkcs8(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}
