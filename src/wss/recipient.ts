import { hash, type X509Certificate } from 'node:crypto';
import type { Recipient } from '../exchange/recipient.ts';
import { extensionsOf } from './certificate-extensions.ts';
import { faultOfKey } from './certificate-rules.ts';

const KEY_ENCIPHERMENT = 0x20;

/**
 * The owner of a certificate as somebody to encrypt to.
 *
 * @returns null where its key is not RSA, or its keyUsage excludes keyEncipherment (RFC 5280 §4.2.1.3)
 */
export function recipientOf(certificate: X509Certificate): Recipient | null {
  const { publicKey, raw } = certificate;
  if (publicKey.asymmetricKeyType !== 'rsa' || faultOfKey(publicKey) !== null) return null;
  const { keyUsage } = extensionsOf(certificate);
  if (keyUsage !== null && (keyUsage & KEY_ENCIPHERMENT) === 0) return null;
  return { key: publicKey, thumbprint: thumbprintOf(raw) };
}

export const thumbprintOf = (der: Uint8Array): string => hash('sha1', der, 'base64');
