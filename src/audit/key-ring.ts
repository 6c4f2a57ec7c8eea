import { hkdfSync, randomBytes } from 'node:crypto';

/**
 * The keys under which the audit keeps what must not be read in its database. What is written is sealed with the current
 * one; the others open what was sealed with them.
 */
export type KeyRing = {
  /** Id of the key with which is written. */
  readonly current: string;
  /** The current one among them, oldest first. */
  readonly ids: readonly string[];
  /**
   * A key of 256 bits that serves one purpose alone, so that no two uses of a key can be played off against each other.
   *
   * @throws KeyMissing
   */
  readonly derive: (id: string, purpose: string) => Buffer;
};

/** Why a text is no ring. It never repeats a key. */
export class KeyFileFault extends Error {}

/** Something was sealed with a key that is not in the ring. */
export class KeyMissing extends Error {
  readonly id: string;

  constructor(id: string) {
    super(`it was sealed with the key ${id}, which is not among the keys of the audit here`);
    this.id = id;
  }
}

/** Hexadecimal digits of an id; as many bits are no secret, for they are derived like any other key. */
const ID_DIGITS = 12;
const KEY_BYTES = 32;

/** HKDF-SHA-256 (RFC 5869); its labels are part of what every database holds, and never change. */
const derived = (secret: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `kruispunt/audit/${purpose}`, KEY_BYTES));

const idOf = (secret: Uint8Array) => derived(secret, 'id').toString('hex').slice(0, ID_DIGITS);

/** Two keys never go by one id, so that a ring that holds all ids of a database fits it. */
export function newKeyLine(): string {
  const secret = randomBytes(KEY_BYTES);
  return `${idOf(secret)} ${secret.toString('base64url')}`;
}

/** What a file of keys begins with, for whoever finds it. */
export const KEY_FILE_HEADING = [
  '# Keys of the audit, one a line: its id and 256 bits in base64url. The last one is used for what is written.',
  '# Without them nobody can tell any more about whom an exchange was: keep a copy, apart from the database.',
].join('\n');

/**
 * Reads a file of keys.
 *
 * @throws KeyFileFault that says which line is wrong
 */
export function readKeyRing(text: string): KeyRing {
  const secrets = new Map<string, Buffer>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [id, secret] = readLine(line, at + 1);
    if (secrets.has(id)) throw new KeyFileFault(`line ${at + 1}: the key ${id} is there already`);
    secrets.set(id, secret);
  }
  const ids = [...secrets.keys()];
  const current = ids.at(-1);
  if (current === undefined) throw new KeyFileFault('there is no key in it');
  return {
    current,
    ids,
    derive: (id, purpose) => {
      const secret = secrets.get(id);
      if (!secret) throw new KeyMissing(id);
      return derived(secret, purpose);
    },
  };
}

function readLine(line: string, number: number): readonly [string, Buffer] {
  const [, id, text] = /^([0-9a-f]{12})\s+([\w-]{43})\s*$/.exec(line) ?? [];
  if (!id || !text)
    throw new KeyFileFault(`line ${number} is no id and key as \`audit keys add\` writes them`);
  const secret = Buffer.from(text, 'base64url');
  if (idOf(secret) !== id) throw new KeyFileFault(`line ${number}: this is not the key ${id}`);
  return [id, secret];
}
