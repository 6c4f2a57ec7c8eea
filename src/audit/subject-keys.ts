import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Subject } from '../exchange/party.ts';
import { Broken, type SubjectKeys, Unreadable } from '../exchange/subject-keys.ts';
import { KeyMissing, type KeyRing } from './key-ring.ts';
import { SealBroken, sealer } from './sealer.ts';

const keyFor = (ring: KeyRing, id: string, purpose: string): KeyObject =>
  createSecretKey(ring.derive(id, purpose));

const hmac = (key: KeyObject, content: string | Uint8Array) => createHmac('sha256', key).update(content);

/** The kind counts: a person and an enterprise of one number are two. */
const named = ({ kind, number }: Subject) => `${kind}:${number}`;

/** A ring as the audit uses it, its keys derived once. */
export function subjectKeys(ring: KeyRing): SubjectKeys {
  const searched = ring.ids.map((id) => keyFor(ring, id, 'subject-hash'));
  const current = keyFor(ring, ring.current, 'subject-hash');
  const digesting = keyFor(ring, ring.current, 'digest');
  const { seal, open } = sealer(ring, 'subject-seal');
  return {
    ids: ring.ids,
    hash: (subject) => hmac(current, named(subject)).digest('base64url'),
    hashes: (subject) => searched.map((key) => hmac(key, named(subject)).digest('base64url')),
    digest: (bytes) => hmac(digesting, bytes).digest('hex'),
    seal: (text, place) => seal(Buffer.from(text, 'utf8'), place).toString('base64url'),
    open: (sealed, place) => {
      try {
        return open(Buffer.from(sealed, 'base64url'), place).toString('utf8');
      } catch (cause) {
        if (cause instanceof KeyMissing) throw new Unreadable(cause.message, { cause });
        if (cause instanceof SealBroken) throw new Broken(cause.message, { cause });
        throw cause;
      }
    },
  };
}
