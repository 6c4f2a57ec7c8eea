import { X509Certificate } from 'node:crypto';
import { parts, readOne } from '../../src/wss/der.ts';

/** PEM of the signer's certificate in the text of a message: of its first token, or of the first of its X509Data. */
export function certificateIn(message: string): string | null {
  const [, type, base64 = ''] =
    /<(?:\w+:)?(BinarySecurityToken|X509Certificate)\b[^>]*>([A-Za-z0-9+/=\s]{100,})</.exec(message) ?? [];
  if (type === undefined) return null;
  const der = Buffer.from(base64, 'base64');
  const isPath = message.includes('#X509PKIPathv1"') && type === 'BinarySecurityToken';
  return new X509Certificate(isPath ? (parts(readOne(der)).at(-1)?.whole ?? der) : der).toString();
}
