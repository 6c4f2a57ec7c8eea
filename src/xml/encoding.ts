import { Refusal } from '../exchange/refusal.ts';

/** XML 1.0 §2.8, to the letter: what only looks like it stays where it is, a processing instruction that is refused. */
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.0\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])([A-Za-z][\w.-]*)\2)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\4)?[ \t\r\n]*\?>[ \t\r\n]*/;
const WINDOW = 256;

const refuse = (detail: string) =>
  new Refusal('10001', detail, 'De boodschap is niet in UTF-8 of UTF-16 gecodeerd zoals zij zelf aangeeft.');

/**
 * The message as UTF-8 without byte order mark and XML declaration, so that everything later reads one encoding.
 * UTF-8, and UTF-16 with a byte order mark, are accepted (XML 1.0 §4.3.3). What the HTTP header, the byte order mark
 * and the XML declaration say must not contradict each other: two readers that believe different ones see two messages.
 *
 * @param charset of the Content-Type header, null when it names none
 */
export function toUtf8(raw: Uint8Array, charset: string | null): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const actual = encodingOf(bytes);
  agree(charset, actual, 'Content-Type charset');
  const found = actual === 'utf-8' ? withoutMark(bytes) : Buffer.from(decode(bytes, actual), 'utf8');
  const head = found.toString('latin1', 0, WINDOW);
  agree(declared(head), actual, 'XML declaration');
  const rest = found.subarray(DECLARATION.exec(head)?.[0].length ?? 0);
  // The parser would pass over it, where others find no document.
  if (isMarked(rest)) throw refuse('a second byte order mark');
  return rest;
}

const isMarked = (bytes: Buffer) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
const withoutMark = (bytes: Buffer) => (isMarked(bytes) ? bytes.subarray(3) : bytes);

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function decode(bytes: Buffer, encoding: Encoding): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Refusal('10001', `bytes are not ${encoding}`, 'De boodschap is geen geldige UTF-16.', {
      cause,
    });
  }
}

function declared(head: string): string | null {
  return DECLARATION.exec(head)?.[3] ?? null;
}

function agree(said: string | null, actual: Encoding, who: string): void {
  if (said === null) return;
  const name = said.toLowerCase();
  const fits =
    actual === 'utf-8' ? name === 'utf-8' || name === 'us-ascii' : name === 'utf-16' || name === actual;
  if (!fits) throw refuse(`${who} says ${JSON.stringify(said)}, the bytes are ${actual}`);
}
