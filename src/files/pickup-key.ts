import { createPublicKey } from 'node:crypto';
import ssh2 from 'ssh2';

export type PublicKey = { readonly type: string; readonly blob: Buffer; readonly line: string };

// DSA and short RSA can be forged with means that are at hand.
const MIN_RSA_BITS = 2048;
const TYPES = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
]);

/**
 * The public keys of a text, one a line as OpenSSH writes them (`ssh-ed25519 AAAA… comment`).
 *
 * @throws Error that says which line is no key, or none that is strong enough
 */
export function readPublicKeys(text: string): readonly PublicKey[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new Error('there is no public key');
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(lines[0] ?? '')) {
    throw new Error('this is a private key; what is wanted is the public key beside it (.pub)');
  }
  return lines.map((line, at) => readPublicKey(line, `line ${at + 1}`));
}

function readPublicKey(line: string, where: string): PublicKey {
  const key = ssh2.utils.parseKey(line);
  if (key instanceof Error) throw new Error(`${where} is no public key as OpenSSH writes them`);
  if (key.isPrivateKey()) throw new Error(`${where} is a private key`);
  if (!TYPES.has(key.type)) throw new Error(`${where}: keys of type ${key.type} are not accepted`);
  const bits = createPublicKey(key.getPublicPEM()).asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS) {
    throw new Error(`${where}: an RSA key of ${bits} bits; at least ${MIN_RSA_BITS} are needed`);
  }
  return { type: key.type, blob: key.getPublicSSH(), line };
}

/** Whether a signature of SSH's login was made with this key. SHA-1 proves nothing any more. */
export function isSignedBy(
  key: PublicKey,
  {
    blob,
    signature,
    hash,
  }: { readonly blob: Buffer; readonly signature: Buffer; readonly hash: string | null },
): boolean {
  if (key.type === 'ssh-rsa' && hash !== 'sha256' && hash !== 'sha512') return false;
  const parsed = ssh2.utils.parseKey(key.line);
  if (parsed instanceof Error) return false;
  return parsed.verify(blob, signature, hash ?? undefined) === true;
}

/** A key pair as OpenSSH keeps it: the private key in its own format, the public key as a line. */
export const newKeyPair = (comment: string): { readonly privateKey: string; readonly publicKey: string } => {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { privateKey: pair.private, publicKey: pair.public };
};
