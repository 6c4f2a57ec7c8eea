import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto';
import { KeyMissing, type KeyRing } from './key-ring.ts';

/** Keeps bytes so that only who has the ring reads them, and nobody changes them or puts them elsewhere. */
export type Sealer = {
  /** @param context what the bytes belong to: elsewhere they do not open */
  readonly seal: (bytes: Uint8Array, context: string) => Buffer;
  /**
   * @throws KeyMissing when the ring lacks the key
   * @throws SealBroken when these are not the bytes that were sealed for this context
   */
  readonly open: (sealed: Uint8Array, context: string) => Buffer;
};

/** What was sealed has been changed, or stands where something else was sealed. */
export class SealBroken extends Error {}

const CIPHER = 'aes-256-gcm';
const ID_BYTES = 6;
/** The length for which GCM needs no hashing of its nonce (NIST SP 800-38D §5.2.1.1). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = ID_BYTES + NONCE_BYTES;
const NONCES_AT_ONCE = 256;

/**
 * AES-256-GCM, each time with a random nonce: key id, nonce, encrypted bytes, tag. One key may seal 2^32 times (NIST SP
 * 800-38D §8.3).
 */
export function sealer(ring: KeyRing, purpose: string): Sealer {
  // As key objects, which cost a third of what bytes do each time.
  const keys = new Map(ring.ids.map((id) => [id, createSecretKey(ring.derive(id, purpose))]));
  const keyOf = (id: string) => {
    const key = keys.get(id);
    if (!key) throw new KeyMissing(id);
    return key;
  };
  const key = keyOf(ring.current);
  const id = Buffer.from(ring.current, 'hex');
  const nextNonce = nonces();
  return {
    seal: (bytes, context) => {
      const nonce = nextNonce();
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context, 'utf8'));
      return Buffer.concat([id, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, context) => {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < HEAD_BYTES + TAG_BYTES)
        throw new SealBroken('too short for anything that was sealed');
      const opening = keyOf(sealedWith(bytes));
      const decipher = createDecipheriv(CIPHER, opening, bytes.subarray(ID_BYTES, HEAD_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(context, 'utf8'))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      const opened = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
      try {
        return Buffer.concat([opened, decipher.final()]);
      } catch (cause) {
        throw new SealBroken('these are not the bytes that were sealed here', { cause });
      }
    },
  };
}

/** Id of the key with which something was sealed. */
export const sealedWith = (sealed: Buffer): string => sealed.subarray(0, ID_BYTES).toString('hex');

/** Random bytes are cheap by the thousand only. */
function nonces(): () => Buffer {
  const pool = Buffer.alloc(NONCE_BYTES * NONCES_AT_ONCE);
  let used = NONCES_AT_ONCE;
  return () => {
    if (used === NONCES_AT_ONCE) {
      randomFillSync(pool);
      used = 0;
    }
    used += 1;
    return pool.subarray((used - 1) * NONCE_BYTES, used * NONCE_BYTES);
  };
}
