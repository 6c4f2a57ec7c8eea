import type { Subject, SubjectKind } from './party.ts';

/** What the audit keeps of people: found by a keyed hash, and read by whoever has the keys. */
export type SubjectKeys = {
  /** Ids of the keys; none where they are not known. */
  readonly ids: readonly string[];
  /** HMAC-SHA-256, in base64url, under the key with which is written. */
  readonly hash: (subject: Subject) => string;
  /** Under each key, so that what was written with an older one is found as well. */
  readonly hashes: (subject: Subject) => readonly string[];
  /** HMAC-SHA-256, in hexadecimal, where a digest of something short would be as good as its text. */
  readonly digest: (bytes: Uint8Array) => string;
  /** @param place where the text stands: elsewhere it does not open */
  readonly seal: (text: string, place: string) => string;
  /**
   * @throws Unreadable when the key is not known
   * @throws Broken when it was not sealed for this place, or changed
   */
  readonly open: (sealed: string, place: string) => string;
};

/** Why something that was sealed cannot be read here: its key is not known. */
export class Unreadable extends Error {}

/** What was sealed is not there any more as it was. */
export class Broken extends Error {}

/** A subject as it is read back; without a number where it cannot be, and why. */
export type KnownSubject =
  | Subject
  | { readonly kind: SubjectKind; readonly number: null; readonly why: string };

/** The subject, unless there is none or it cannot be read. */
export const readable = (subject: KnownSubject | undefined): Subject | null =>
  subject !== undefined && subject.number !== null ? subject : null;

/** Where no keys are known: nothing about anybody can be written then, and nothing of it read. */
export const noKeys: SubjectKeys = {
  ids: [],
  hash: unknown,
  hashes: unknown,
  digest: unknown,
  seal: unknown,
  open: unknown,
};

function unknown(): never {
  throw new Unreadable('the keys of the audit are not known here (KRUISPUNT_AUDIT_KEYS)');
}
