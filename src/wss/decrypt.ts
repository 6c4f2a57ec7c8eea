import {
  constants,
  createDecipheriv,
  createPrivateKey,
  type KeyObject,
  privateDecrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import type { Envelope } from '../exchange/message.ts';
import { isSelfContained, replacePayload } from '../xml/payload-bytes.ts';
import { type Encrypted, readEncrypted } from './encrypted.ts';
import { failed } from './failed.ts';
import { pemCertificates } from './pem.ts';
import { recipientOf } from './recipient.ts';
import type { SigningKey } from './signature-markup.ts';

/** Makes a message readable that was encrypted to one of its certificates. */
export type Opener = {
  /**
   * @param bytes of the envelope, in UTF-8
   * @returns the bytes with the Body's content in the clear, of which nothing is known yet
   * @throws Refusal ERR_025
   */
  readonly open: (envelope: Envelope, bytes: Buffer) => Buffer;
  /** PEM: the one to encrypt to; null where nothing can be decrypted. */
  readonly certificate: string | null;
};

type Pair = { readonly certificate: X509Certificate; readonly key: KeyObject };

const KEY_BYTES = 32;

/**
 * @param pairs the one that others are to encrypt to first, then those that some still do
 * @throws Error when a key does not belong to its certificate, or nobody may encrypt to that
 */
export function createOpener(pairs: readonly SigningKey[]): Opener {
  const read = pairs.map(readPair);
  return {
    open: (envelope, bytes) => {
      const encrypted = readEncrypted(envelope);
      const pair = read.find(({ certificate }) => encrypted.isFor(certificate));
      if (!pair) throw failed('the message is encrypted to a certificate that is none of the bus');
      const content = decipher(encrypted, unwrap(encrypted, pair.key));
      if (!isSelfContained(content)) throw failed('what was encrypted is not the content of a Body');
      return replacePayload(bytes, content);
    },
    certificate: read[0]?.certificate.toString() ?? null,
  };
}

function readPair({ privateKey, certificate }: SigningKey): Pair {
  const own = new X509Certificate(pemCertificates(certificate)[0] ?? '');
  const key = createPrivateKey(privateKey);
  if (!own.checkPrivateKey(key)) throw new Error('the private key does not belong to the certificate');
  if (recipientOf(own) === null)
    throw new Error(
      'nobody may encrypt to the certificate: it must be RSA, with keyEncipherment if it has a keyUsage',
    );
  return { certificate: own, key };
}

/**
 * Whether this went well is not told apart from here: with a key that fits nothing the content is deciphered just the
 * same, and found to be another than what was encrypted (implicit rejection).
 */
function unwrap({ wrapped, hash }: Encrypted, key: KeyObject): Buffer {
  const none = randomBytes(KEY_BYTES);
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const found = privateDecrypt({ key, padding, oaepHash: hash }, wrapped);
    return found.length === KEY_BYTES ? found : none;
  } catch {
    return none;
  }
}

function decipher({ iv, ciphertext, tag }: Encrypted, key: Buffer): Buffer {
  const opening = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tag.length });
  opening.setAuthTag(tag);
  const content = opening.update(ciphertext);
  try {
    return Buffer.concat([content, opening.final()]);
  } catch (cause) {
    throw failed('the content, or the key to it, is not as it was encrypted', cause);
  }
}
